const { expect, test } = require('@playwright/test');

for (const name of ['one', 'two', 'three', 'four']) {
  test(`the server answers ${name}`, async ({ request }) => {
    expect(await (await request.get(`/${name}`)).text()).toBe(`hello /${name}`);
  });
}
