// Opening the pages of the table in every look: light and dark, on a desk and on a phone.

import { Person } from './person.mjs';

export const LOOKS = ['light', 'dark'].flatMap((colorScheme) => [
  { name: `${colorScheme}-1280`, colorScheme, viewport: { width: 1280, height: 900 } },
  { name: `${colorScheme}-390`, colorScheme, viewport: { width: 390, height: 844 } },
]);

// A day of the past, for pages that show one: in the middle of the demo's month.
const DAY = new Date(Date.now() - 14 * 86_400_000).toISOString().slice(0, 10);

// What a browser keeps of someone who has logged in.
export async function loggedIn(browser) {
  const person = await Person.at(browser);
  await person.logsIn();
  const state = await person.context.storageState();
  await person.leaves();
  return state;
}

// Someone who has opened this page in this look.
export async function visit(browser, entry, look, storageState) {
  const { colorScheme, viewport } = look;
  const person = await Person.at(browser, {
    colorScheme,
    viewport,
    storageState: entry.nobody ? undefined : storageState,
  });
  const path = typeof entry.path === 'function' ? entry.path(DAY) : entry.path;
  if (entry.status) person.expects(entry.status);
  const answer = await person.goes(path);
  if (answer.status() !== (entry.status ?? 200)) {
    person.complain(`${path} answers ${answer.status()}, expected ${entry.status ?? 200}`);
  }
  if (entry.follow) {
    await Promise.all([
      person.page.waitForNavigation(),
      person.page.getByRole('link', { name: entry.follow, exact: true }).first().click(),
    ]);
  }
  if (entry.press) {
    await Promise.all([
      person.page.waitForNavigation(),
      person.page.getByRole('button', { name: entry.press, exact: true }).first().click(),
    ]);
  }
  return person;
}
