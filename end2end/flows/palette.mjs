// Ctrl-K anywhere: what is typed is found as it is typed, arrows choose, Enter opens. Without JavaScript there
// is no sign of it, and the search box of the bar finds the same.

import { holds } from '../person.mjs';

const MACHINE = 'db-payments-eu-01';

// Opens it as soon as the page listens: the key is pressed until it does.
async function opened(page) {
  const dialog = page.getByRole('dialog', { name: 'Look up an asset' });
  for (let times = 0; times < 200 && !(await dialog.isVisible()); times += 1) {
    await page.keyboard.press('Control+k');
    await page.waitForTimeout(50);
  }
}

export default async function palette(person) {
  const { page } = person;
  await person.logsIn();
  await person.goes('/audit');
  const button = page.getByRole('button', { name: 'Look up' });
  if (!person.hasScript) {
    holds((await button.count()) === 0, 'without JavaScript nothing offers the palette');
    await person.opensAsset(MACHINE);
    return;
  }

  await person.sees(button);
  await page.keyboard.press('Control+k');
  const field = await person.sees(page.getByRole('combobox', { name: 'Name, address, MAC, id or query' }));
  await field.fill('db-payments');
  const options = page.getByRole('option');
  await person.sees(options.filter({ hasText: MACHINE }));
  const names = await options.locator('.palette-name').allInnerTexts();
  for (let steps = names.indexOf(MACHINE); steps > 0; steps -= 1) await page.keyboard.press('ArrowDown');
  const chosen = page.locator('[role=option][aria-selected=true]');
  holds((await chosen.innerText()).includes(MACHINE), 'the arrows choose');
  await page.keyboard.press('Enter');
  await person.sees(page.getByRole('heading', { level: 1, name: MACHINE }));

  // Enter before the answer is there opens no hit of the text before.
  await page.keyboard.press('Control+k');
  await field.fill('db-payments');
  await person.sees(options.filter({ hasText: MACHINE }));
  await field.fill('no-machine-of-this-name');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/assets?q=no-machine-of-this-name');

  await person.sees(button);
  await page.keyboard.press('Control+k');
  await field.fill('envv:prod');
  await person.sees(page.getByRole('status').filter({ hasText: 'did you mean' }));
  await page.keyboard.press('Escape');
  await field.waitFor({ state: 'hidden' });

  // A program that is late: the palette takes what is typed, and finds it once the program is there.
  let arrives;
  const late = new Promise((resolve) => (arrives = resolve));
  await page.route('**/*.wasm', async (route) => {
    await late;
    await route.continue();
  });
  await person.goes('/audit');
  await opened(page);
  await page.keyboard.type('db-payments');
  holds((await options.count()) === 0, 'nothing is found without the program');
  await page.keyboard.press('Enter');
  await person.sees(page.getByRole('link', { name: MACHINE }).first());
  await opened(page);
  await page.keyboard.type('db-payments');
  arrives();
  await person.sees(options.filter({ hasText: MACHINE }));
  await page.unroute('**/*.wasm');

  // The other keys: a row further, and help.
  await person.goes('/assets');
  await person.sees(button);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  const focused = await page.locator(':focus').innerText();
  holds(focused === (await page.locator('main tbody tr:nth-child(2) a').first().innerText()), 'j goes a row further');
  await page.keyboard.press('?');
  await person.sees(page.getByRole('dialog', { name: 'Keys' }));
}
