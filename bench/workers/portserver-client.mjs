// Asks a portserver, at the path that is its first argument, for as many ports as the second says, from as many clients at
// once as the third says. Prints how long that took, and how many different ports there were.

import { connect } from 'node:net';

const [, , address, count, clients] = process.argv;
const answers = [];
let left = Number(count);

function ask() {
  return new Promise((resolve, reject) => {
    let text = '';
    const client = connect(address, () => client.write(`${process.pid}\n`));
    client.setEncoding('latin1').on('data', (chunk) => {
      text += chunk;
    });
    client.once('error', reject);
    client.once('close', () => resolve(text));
  });
}

async function askAll() {
  while (left > 0) {
    left--;
    answers.push(await ask());
  }
}

const begin = process.hrtime.bigint();
await Promise.all(Array.from({ length: Number(clients) }, askAll));
const milliseconds = Number(process.hrtime.bigint() - begin) / 1e6;
const granted = answers.filter((text) => /^\d+\n$/.test(text));
console.log(JSON.stringify({ milliseconds, granted: granted.length, different: new Set(granted).size }));
