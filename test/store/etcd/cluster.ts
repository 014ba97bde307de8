import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { PortStore } from '../../../lib/store/port-store';
import { etcdctl, type Member, NO_ETCD, startEtcd, storeUrl } from '../../support/etcd';
import { filter, insideNamespace, NO_FILTER } from '../../support/inside-namespace';

const HOSTS = ['127.0.0.11', '127.0.0.12', '127.0.0.13'];
const CLIENTS = 12;

/** The member that leads the cluster, which may be electing one. */
async function leaderOf(members: readonly Member[]): Promise<Member> {
  for (let tries = 0; tries < 100; tries++) {
    const states = JSON.parse(etcdctl(members, 'endpoint', 'status', '--write-out', 'json')) as {
      Endpoint: string;
      Status: { header: { member_id: number }; leader: number };
    }[];
    const leader = states.find(({ Status }) => Status.header.member_id === Status.leader);
    const found = members.find(({ host, port }) => leader?.Endpoint === `${host}:${port}`);
    if (found !== undefined) return found;
    await sleep(100);
  }
  throw new Error('there is no leader');
}

/** Clients that bind names, some of them the same ones, until they are told to stop. Every answer is kept. */
class Crowd {
  readonly answers: [name: string, port: number][] = [];
  readonly failures: unknown[] = [];
  longest = 0;
  #isOver = false;
  readonly #clients: Promise<void>[];

  constructor(members: readonly Member[]) {
    this.#clients = Array.from({ length: CLIENTS }, (_, index) => {
      // Each begins at another member.
      const first = index % members.length;
      const order = [...members.slice(first), ...members.slice(0, first)];
      return this.#ask(new PortStore(storeUrl(order), { lockTimeout: 60_000 }), index);
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #ask(store: PortStore, index: number): Promise<void> {
    for (let round = 0; !this.#isOver; round++) {
      for (const name of [`shared-${round}`, `own-${index}-${round}`]) {
        const begin = performance.now();
        try {
          this.answers.push([name, await store.bindPort(name)]);
        } catch (error) {
          this.failures.push(error);
        }
        this.longest = Math.max(this.longest, performance.now() - begin);
      }
      await sleep(20);
    }
  }
}

insideNamespace(__filename, () => {
  t.test('one member cut off, another killed, in the middle', { skip: NO_ETCD || NO_FILTER }, async (t) => {
    const members = await startEtcd(t, HOSTS);
    await new PortStore(storeUrl(members)).bindPort('first');
    const crowd = new Crowd(members);
    await sleep(700);

    const cut = await leaderOf(members);
    filter(`add table inet cut
      add chain inet cut out { type filter hook output priority 0; }
      add rule inet cut out ip daddr ${cut.host} ip saddr != ${cut.host} drop
      add rule inet cut out ip saddr ${cut.host} ip daddr != ${cut.host} drop`);
    const before = crowd.answers.length;
    while (crowd.answers.length < before + CLIENTS) await sleep(20);
    await sleep(500);
    filter('delete table inet cut');
    await sleep(700);

    const killed = await leaderOf(members);
    await killed.kill();
    const later = crowd.answers.length;
    while (crowd.answers.length < later + CLIENTS) await sleep(20);
    await sleep(500);
    await crowd.stop();

    const left = members.filter((member) => member !== killed);
    const bound = await new PortStore(storeUrl(left)).boundPorts();
    t.comment(
      `${crowd.answers.length} answers, ${bound.size} names, the longest call ${Math.round(crowd.longest)} ms`,
    );
    t.strictSame(crowd.failures, [], 'every call was answered');
    const wrong = crowd.answers.filter(([name, port]) => bound.get(name) !== port);
    t.strictSame(wrong, [], 'each answer stays, the same for all');
    t.equal(new Set(bound.values()).size, bound.size, 'no port has two names');
    const keys = etcdctl(left, 'get', '--prefix', '/test/ports/', '--keys-only').match(/\S+/g) ?? [];
    t.strictSame(
      new Set(keys.map((key) => Number(key.slice('/test/ports/'.length)))),
      new Set(bound.values()),
    );

    // Without a majority a call fails in time and does nothing.
    await left[0]?.kill();
    const alone = left.slice(1);
    const store = new PortStore(storeUrl(alone), { lockTimeout: 800 });
    await t.rejects(store.bindPort('too-late'), { code: 'ERR_PORT_CONFIG_ACCESS', systemCode: 'ETIMEDOUT' });
  });
});
