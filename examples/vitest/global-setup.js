import { createServer } from 'node:http';
import { lease } from 'port-for-native';

export default async function setup({ provide }) {
  const held = await lease();
  const server = await held.listen(createServer((request, response) => response.end(`hello ${request.url}`)));
  provide('url', `http://localhost:${held.port}`);
  return () => {
    server.close();
    held.release();
  };
}
