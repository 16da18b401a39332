// An owner is set and held, an unknown one is refused, and released again sources decide. A tag is added with
// a why of its own, and taken away again.

import { holds } from '../person.mjs';

const MACHINE = 'queue-eu-02';

export default async function edit(person) {
  const { page } = person;
  const attributes = page.getByRole('region', { name: 'Attributes' });
  const owner = attributes.locator('dt', { hasText: /^owner$/ });
  const form = page.locator('form').filter({ has: page.getByLabel('Owner', { exact: true }) });
  const set = async (value) => {
    await form.getByLabel('Owner', { exact: true }).fill(value);
    await form.getByRole('button', { name: 'Set and hold' }).click();
  };
  await person.logsIn();
  await person.opensAsset(MACHINE);
  holds((await owner.count()) === 0, `${MACHINE} has no owner to begin with`);

  person.expects(422);
  await set('nobody-of-this-name');
  await person.sees(page.getByText('no person or team nobody-of-this-name'));
  holds((await owner.count()) === 0, 'nothing was set');

  await set('platform');
  const value = await person.sees(owner.locator('xpath=following-sibling::dd'));
  const shown = await value.innerText();
  holds(shown.includes('platform') && shown.includes('held by user:demo'), `it is held: ${shown}`);
  await person.looksUp(`owner:platform name:${MACHINE}`);
  await person.sees(page.getByRole('link', { name: MACHINE, exact: true }));

  await person.opensAsset(MACHINE);
  await attributes.getByRole('button', { name: 'Release owner' }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: MACHINE }));
  holds((await owner.count()) === 0, 'released, it is gone');
  const history = await page.getByRole('region', { name: 'History' }).innerText();
  holds(history.includes('platform'), 'and the history tells of it');
}
