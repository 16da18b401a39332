// Things missing at once wait for a person: what is asked is read, decided, and the next run does it.

import { holds } from '../person.mjs';

export default async function decide(person) {
  const { page } = person;
  await person.logsIn();
  const waiting = page.getByRole('region', { name: /^Waiting for a decision/ });
  await waiting.getByRole('link', { name: 'Look and decide' }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'Decisions' }));
  const question = page.getByRole('region', { name: /^Are 30 of 113 things gone\?/ });
  const asked = await (await person.sees(question)).innerText();
  holds(asked.includes('us-east-1 of source aws'), `it says where: ${asked}`);

  await question.getByRole('button', { name: /^They are gone: let it age/ }).click();
  await person.sees(page.getByText('What the next complete run of the scope misses goes stale.'));
  await person.sees(page.getByText('Nothing waits for a decision'));
  await page.getByRole('link', { name: 'All', exact: true }).click();
  await person.sees(page.getByText('by user:demo'));
  holds((await page.getByRole('button', { name: /let it age/ }).count()) === 0, 'it is decided once');

  await page.getByRole('link', { name: 'Sources', exact: true }).first().click();
  await person.runs(page.getByRole('button', { name: 'Run now aws' }));
  const figures = page.getByRole('main');
  for (let tries = 0; !/\b30\s+stale/.test(await figures.innerText()); tries += 1) {
    holds(tries < 40, `thirty of them are stale: ${page.url()}`);
    await page.waitForTimeout(500);
    // With JavaScript the page keeps up by itself.
    if (!person.hasScript) await page.reload();
  }
}
