// A large source is run and looked at while it goes on: with JavaScript its figures move without the page
// being loaded anew, also for who found no place at first, without it by Refresh; then it is stopped, and the
// page says by whom.

import { holds } from '../person.mjs';

export default async function live(person) {
  const { page } = person;
  await person.logsIn();
  if (person.hasScript) {
    person.expects(503);
    await page.route('**/events', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.clock.install();
  }
  await person.goes('/sources/large');
  await person.runs(page.getByRole('button', { name: 'Run now' }));
  const progress = page.getByRole('progressbar');
  await progress.waitFor();
  await page.evaluate(() => Object.assign(window, { stayed: true }));

  const seen = async () => Number((await page.locator('.run-figures strong').first().innerText()).replace(/,/g, ''));
  const before = await seen();
  const deadline = Date.now() + 30_000;
  while ((await seen()) <= before) {
    holds(Date.now() < deadline, `no more than ${before} are seen after half a minute`);
    // Who was refused asks again after half a minute.
    if (person.hasScript) await page.clock.fastForward(31_000);
    else await page.getByRole('link', { name: 'Refresh' }).click();
    await page.waitForTimeout(200);
  }
  if (person.hasScript) holds(await page.evaluate(() => window.stayed), 'the page was not loaded anew');

  await page.getByRole('button', { name: 'Stop' }).click();
  const word = page.getByRole('heading', { level: 1 }).getByText('partial');
  while ((await word.count()) === 0) {
    holds(Date.now() < deadline + 30_000, 'the run does not end');
    if (!person.hasScript) await page.reload();
    await page.waitForTimeout(200);
  }
  await person.sees(page.getByText(/stopped by user:demo/));
}
