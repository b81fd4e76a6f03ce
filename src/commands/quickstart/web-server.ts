import { codeOf } from '../../text/reason.ts';

export type DemonstrationServer = { close(): void };

/** A web server for the first minute: one page, on loopback. Rejects where the port is taken. */
export async function startDemonstrationServer(address: string, port: number): Promise<DemonstrationServer> {
  // As in src/supervisor/health/checks/http.ts: an `import` would load much more.
  const { createServer } = process.getBuiltinModule('node:http');
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    response.end('Hello from behind Levee.\n');
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error) => {
    const inUse = codeOf(error) === 'EADDRINUSE';
    const endpoint = `${address}:${port}`;
    reject(
      inUse ? new Error(`${endpoint} is in use: the example needs it for the server that it guards`) : error,
    );
  });
  server.listen({ host: address, port, exclusive: true }, resolve);
  await promise;
  return {
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
