/**
 * What the page does where JavaScript may run: it filters, opens what a link leads to, unpacks panels of large reports and copies
 * commands. It is text, for it runs in a browser; `scripts/report-page.test.mjs` drives it there.
 */
export const SCRIPT = `
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  document.documentElement.classList.add('with-js');

  // Panels of large reports.
  const chunks = new Map();
  const unpack = (number) => {
    if (!chunks.has(number)) {
      const bytes = Uint8Array.from(atob(by('pack-' + number).content.textContent), (character) => character.charCodeAt(0));
      const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
      chunks.set(number, new Response(stream).text().then(JSON.parse));
    }
    return chunks.get(number);
  };
  const fill = async (details) => {
    const panel = details.querySelector(':scope > .panel[data-p]');
    if (panel === null) return;
    const [chunk, index] = panel.dataset.p.split(' ');
    panel.removeAttribute('data-p');
    panel.innerHTML = (await unpack(chunk))[index];
  };
  document.addEventListener('toggle', (event) => {
    if (event.target.open && event.target.classList.contains('case')) fill(event.target);
  }, true);

  // Whatever a link leads to is open, and not filtered away.
  const reveal = async () => {
    const target = by(decodeURIComponent(location.hash.slice(1)));
    if (target === null) return;
    const ofCase = target.closest('.case');
    if (ofCase !== null && ofCase.hidden) reset();
    for (let each = target.closest('details'); each !== null; each = each.parentElement.closest('details')) each.open = true;
    if (ofCase !== null) await fill(ofCase);
    const article = ofCase?.parentElement;
    const place = article?.querySelectorAll(':scope > .case').length === 1 ? article : (ofCase ?? target);
    // Parts that come into view get their real height only then.
    for (let round = 0; round < 3; round++) {
      place.scrollIntoView({ behavior: 'instant' });
      await new Promise(requestAnimationFrame);
    }
    const summary = ofCase?.querySelector('summary');
    if (summary) summary.focus({ preventScroll: true });
  };
  addEventListener('hashchange', reveal);
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link !== null && link.getAttribute('href') === location.hash) reveal();
  });

  // Commands.
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('.copy-button');
    if (button === null) return;
    const code = button.parentElement.querySelector('code');
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 2000);
  });

  // Filters.
  const text = by('filter-text');
  const selects = all('select[data-filter]');
  const states = all('input[name=state]');
  let cases;
  const gather = () => {
    const inFeature = new Map();
    cases = [];
    for (const feature of all('.feature')) {
      const title = feature.querySelector('.where').textContent + ' ' + feature.querySelector('h3').textContent;
      for (const article of all('article.scenario', feature)) {
        const own = (title + ' ' + [...article.children].filter((child) => !child.matches('.case')).map((child) => child.textContent).join(' ')).toLowerCase();
        for (const element of all(':scope > .case', article)) {
          const summary = element.firstElementChild.textContent.toLowerCase();
          cases.push({ element, article, feature, state: element.dataset.s, words: ' ' + element.dataset.c + ' ', own, summary });
        }
      }
    }
  };
  const apply = () => {
    if (cases === undefined) gather();
    const wantedStates = new Set(states.filter((box) => box.checked).map((box) => box.value));
    const wanted = selects.filter((select) => select.value !== '').map((select) => ' ' + select.dataset.filter + ':' + select.value + ' ');
    const phrases = text.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const articles = new Set();
    const features = new Set();
    let shown = 0;
    for (const each of cases) {
      const fits = wantedStates.has(each.state) && wanted.every((word) => each.words.includes(word)) &&
        phrases.every((phrase) => each.own.includes(phrase) || each.summary.includes(phrase));
      if (each.element.hidden === fits) each.element.hidden = !fits;
      if (!fits) continue;
      shown++;
      articles.add(each.article);
      features.add(each.feature);
    }
    for (const article of new Set(cases.map((each) => each.article))) article.hidden = !articles.has(article);
    for (const feature of all('.feature')) feature.hidden = !features.has(feature);
    const isFiltered = shown < cases.length;
    by('filter-count').textContent = (isFiltered ? shown.toLocaleString('en') + ' of ' : 'all ') + cases.length.toLocaleString('en') + ' scenarios';
    by('filter-reset').hidden = !isFiltered;
    filterMatrix();
  };
  const valueOf = (name) => selects.find((select) => select.dataset.filter === name)?.value ?? '';
  const filterMatrix = () => {
    const [env, mech, mesh, protocol] = ['env', 'mech', 'mesh', 'protocol'].map(valueOf);
    for (const group of all('.group')) {
      group.hidden = (env !== '' && group.dataset.env !== env) || (mech !== '' && group.dataset.mech !== mech);
    }
    for (const row of all('.matrix tbody tr')) row.hidden = mesh !== '' && row.dataset.mesh !== mesh;
    for (const cell of all('.matrix .cell')) cell.classList.toggle('dim', protocol !== '' && cell.dataset.protocol !== protocol);
  };
  const reset = () => {
    text.value = '';
    for (const select of selects) select.value = '';
    for (const box of states) box.checked = true;
    apply();
  };
  let waiting;
  const soon = () => { clearTimeout(waiting); waiting = setTimeout(apply, 80); };
  text?.addEventListener('input', soon);
  for (const control of [...selects, ...states]) control.addEventListener('change', apply);
  by('filter-reset')?.addEventListener('click', () => { reset(); text.focus(); });
  if (text !== null) {
    by('filter-count').textContent = 'all ' + document.querySelectorAll('.case').length.toLocaleString('en') + ' scenarios';
    by('filter-reset').hidden = true;
  }

  reveal();
})();
`;
