import { join } from 'node:path';
import t from 'tap';
import { findCheckout } from '../../lib/process/checkout';

t.test('a checkout is the closest folder above that Git knows', (t) => {
  const root = t.testdir({
    shop: { '.git': {}, api: { src: {} }, tree: { '.git': 'gitdir: ../.git/worktrees/tree' } },
    none: {},
  });
  t.equal(findCheckout('/shop/api/src', root), '/shop');
  t.equal(findCheckout('/shop', root), '/shop');
  t.equal(findCheckout('/shop/tree', root), '/shop/tree', 'a worktree has a file there');
  t.equal(findCheckout('/none', root), undefined);
  t.equal(findCheckout(join(root, 'shop', 'api')), join(root, 'shop'));
  t.end();
});
