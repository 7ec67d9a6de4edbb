// The application under test: an order service in gRPC. It is started in the workload's pod, as an ordinary user, and told
// its port in PORT. Put your own program in its place: any language will do.
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, ServerCredentials } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

const { shop } = loadPackageDefinition(loadSync(fileURLToPath(new URL('orders.proto', import.meta.url))));

const server = new Server();
server.addService(shop.v1.Orders.service, {
  Place({ request: { count, drink } }, answer) {
    answer(null, { text: `${count} x ${drink}` });
  },
});
server.bindAsync(`0.0.0.0:${process.env.PORT}`, ServerCredentials.createInsecure(), (error) => {
  if (error) throw error;
});
