import {
  declareParameterType,
  declareStep,
  ExpectationError,
  type MirrorspecWorld,
  messagesOfLastCalls,
} from 'mirrorspec';

const DRINKS = ['espresso', 'cappuccino', 'latte'] as const;
type Drink = (typeof DRINKS)[number];

/** What the steps of one scenario share, beside what every scenario has. */
interface OrderWorld extends MirrorspecWorld {
  order?: { readonly count: number; readonly drink: Drink };
}

declareParameterType<string>({
  name: 'drink',
  values: DRINKS,
  description: 'A drink that can be ordered.',
  transform: (drink) => drink,
});

declareStep<OrderWorld, [number, Drink]>({
  keyword: 'Given',
  expression: 'an order of {int} {drink}',
  // - order: { count: 2, drink: espresso }
  yaml: { key: 'order' },
  title: 'an order',
  description: 'The calls to come carry this order, as JSON or as the gRPC message `shop.v1.Order`.',
  example: 'Given an order of 2 espresso',
  parameters: [
    { name: 'count', description: 'how many' },
    { name: 'drink', description: 'of what' },
  ],
  run(count, drink) {
    this.order = { count, drink };
    this.call.messages = [{ kind: 'json', value: this.order }];
  },
});

declareStep<OrderWorld, []>({
  keyword: 'Then',
  expression: 'the order is mirrored unchanged',
  // - order-unchanged: true
  yaml: { key: 'order-unchanged' },
  title: 'the order is mirrored unchanged',
  description: 'Every mirrored copy of the last calls is the order of the Given-step.',
  example: 'Then the order is mirrored unchanged',
  async run() {
    for (const [message] of await messagesOfLastCalls(this, 'request')) {
      const copy: unknown = message?.kind === 'message' ? message.json : JSON.parse(String(message?.data));
      const [wanted, found] = [JSON.stringify(this.order), JSON.stringify(copy)];
      if (found !== wanted) throw new ExpectationError(`the mirrored order is ${found}, not ${wanted}`);
    }
  },
});
