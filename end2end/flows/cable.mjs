// What a port leads to is said by a person: an unknown port is refused, a known one is held over what the
// switch announces, may lead to nothing, and released again the switch decides.

import { holds } from '../person.mjs';

const SWITCH = 'dub-rack-01.harbour.example';
const OTHER = 'dub-rack-02.harbour.example';

export default async function cable(person) {
  const { page } = person;
  const neighbours = page.getByRole('region', { name: 'Neighbours' }).first();
  const fold = page.locator('details').filter({ hasText: 'Say what a port leads to' });
  const say = async (port, far, button) => {
    if (!(await fold.evaluate((one) => one.open))) await fold.locator('summary').click();
    await fold.getByLabel('Port', { exact: true }).fill(port);
    await fold.getByLabel('Leads to', { exact: true }).fill(far);
    await fold.getByRole('button', { name: button }).click();
  };
  await person.logsIn();
  await person.opensAsset(SWITCH, 'switch');
  const port = (await neighbours.locator('tbody tr td').first().innerText()).trim();
  const row = neighbours.locator('tbody tr').filter({ has: page.getByRole('cell', { name: port, exact: true }) });
  const announced = await row.first().innerText();

  person.expects(422);
  await say(`${port}-99`, OTHER, 'Set and hold');
  await person.sees(page.getByText(`${SWITCH} has none of that name`));
  await say(port, 'no-asset-of-this-name', 'Set and hold');
  await person.sees(page.getByText('no-asset-of-this-name finds no asset'));

  await say(port, OTHER, 'Set and hold');
  const held = await (await person.sees(row.filter({ hasText: 'user:demo' }))).innerText();
  holds(held.includes(OTHER), `it leads to where the person says: ${held}`);
  await row.getByRole('link', { name: OTHER }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: OTHER }));
  await person.sees(neighbours.locator('tbody tr').filter({ hasText: 'user:demo' }).filter({ hasText: SWITCH }));
  await page.getByRole('link', { name: 'Draw what lies around it' }).click();
  await person.sees(page.locator('tbody tr').filter({ hasText: 'a person' }));

  await person.opensAsset(SWITCH, 'switch');
  await say(port, '', 'It leads to nothing');
  await person.sees(row.filter({ hasText: 'nothing' }));
  await row.getByRole('button', { name: `Release port ${port}` }).click();
  await person.sees(row.filter({ hasNotText: 'user:demo' }));
  const now = await row.first().innerText();
  holds(now === announced, `released, the switch decides: ${now}, before: ${announced}`);
  const history = await page.getByRole('region', { name: 'History' }).innerText();
  holds(history.includes(`port ${port}`), 'and the history tells of it');
}
