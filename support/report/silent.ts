/** A formatter that prints nothing. Cucumber-js insists on one for stdout. */
export default { type: 'formatter', formatter(): void {} } as const;
