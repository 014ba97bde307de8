import { join } from 'node:path';
import t from 'tap';
import { gitCheckout } from '../../lib/checkout/git-checkout';

t.test('a checkout is the closest folder above that Git knows', (t) => {
  const root = t.testdir({
    shop: { '.git': {}, api: { src: {} }, tree: { '.git': 'gitdir: ../.git/worktrees/tree' } },
    none: {},
  });
  t.equal(gitCheckout('/shop/api/src', root), '/shop');
  t.equal(gitCheckout('/shop', root), '/shop');
  t.equal(gitCheckout('/shop/tree', root), '/shop/tree', 'a worktree has a file there');
  t.equal(gitCheckout('/none', root), undefined);
  t.equal(gitCheckout(join(root, 'shop', 'api')), join(root, 'shop'));
  t.end();
});
