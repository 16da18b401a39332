// Without a mouse: the first stop is the way past the bar, and the search box is a few stops on.

import { holds } from '../person.mjs';

// Stops from the top of a page to the search box, at most: the skip link, the name, five places.
const STOPS = 9;

export default async function keyboard(person) {
  const { page } = person;
  const focused = page.locator(':focus');
  await person.logsIn();
  await person.goes('/audit');

  await page.keyboard.press('Tab');
  holds((await focused.innerText()) === 'Skip to the content', 'the first stop leads past the bar');
  const box = await focused.boundingBox();
  holds(box && box.x >= 0 && box.y >= 0 && box.width > 10, 'and is seen when it is reached');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#main$/);
  await page.keyboard.press('Tab');
  const isInMain = await focused.evaluate((element) => element.closest('main') !== null);
  holds(isInMain, 'the next stop after it lies in the content');

  await person.goes('/audit');
  let stops = 0;
  do {
    holds(stops < STOPS, `the search box is not among the first ${STOPS} stops`);
    await page.keyboard.press('Tab');
    stops += 1;
  } while ((await focused.getAttribute('name')) !== 'q');
  const outline = await focused.evaluate((element) => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  });
  holds(outline, 'it is seen which one has the focus');
  await page.keyboard.type('web-eu-01');
  await page.keyboard.press('Enter');
  await person.sees(page.getByRole('link', { name: 'web-eu-01', exact: true }));
}
