import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { render, trusted } from './jsx-runtime.js';

const HOSTILE = `"'><script>harm()</script>&amp;`;

describe('markup', () => {
  it('escapes text and attributes, and nothing that it made itself', () => {
    const Inner = ({ text }: { readonly text: string }) => <b>{text}</b>;
    assert.equal(
      render(
        <p title={HOSTILE} hidden={false} draggable={true}>
          {HOSTILE} <Inner text="<i>" />
          {[1, null, undefined, false, 'a']}
        </p>,
      ),
      '<p title="&quot;&#39;&gt;&lt;script&gt;harm()&lt;/script&gt;&amp;amp;" draggable>' +
        '&quot;&#39;&gt;&lt;script&gt;harm()&lt;/script&gt;&amp;amp; <b>&lt;i&gt;</b>1a</p>',
    );
  });

  it('knows elements without an end, and what is markup already', () => {
    assert.equal(render(<br />), '<br>');
    assert.equal(render(<style>{trusted('a>b{}')}</style>), '<style>a>b{}</style>');
  });

  for (const address of ['javascript:harm()', 'data:text/html,x', '//elsewhere', '/etc/passwd', '../x', 'file:///x']) {
    it(`makes no link to ${address}`, () => {
      assert.throws(() => <a href={address}>x</a>, /a report has no link to/);
    });
  }

  it('makes no event handler', () => {
    const attributes = { onclick: 'harm()' };
    assert.throws(() => <p {...attributes} />, /"onclick" is no attribute for a report/);
    assert.throws(() => <p {...{ 'x y': 'z' }} />, /is no attribute for a report/);
  });
});
