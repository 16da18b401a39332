// A wrong password is refused in words, the right one lets in, and who has logged out is out.

import { LOGIN, holds } from '../person.mjs';

export default async function login(person) {
  const { page } = person;
  await person.goes('/assets?q=web');
  holds(new URL(page.url()).pathname === '/login', 'who has not logged in is led to the login');

  person.expects(403);
  await person.givesName({ ...LOGIN, password: 'not the password' });
  await person.sees(page.getByRole('alert').filter({ hasText: 'name or password is not right' }));
  holds((await page.getByLabel('Name', { exact: true }).inputValue()) === LOGIN.name, 'the name is kept');
  holds((await page.getByLabel('Password', { exact: true }).inputValue()) === '', 'the password is not');

  await person.givesName(LOGIN);
  await person.sees(page.getByRole('heading', { level: 1, name: 'Assets' }));
  holds(page.url().endsWith('/assets?q=web'), 'and then to the page that was asked for');
  holds((await page.content()).includes(LOGIN.password) === false, 'the password is nowhere on the page');

  await page.getByRole('button', { name: 'Log out', exact: true }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'Log in to Cadastre' }));
  await person.goes('/');
  holds(new URL(page.url()).pathname === '/login', 'who has logged out is out');

  await person.givesName(LOGIN);
  await page.getByRole('link', { name: `${LOGIN.name} (` }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'Your account' }));
  person.expects(422);
  await page.getByLabel('Present password').fill('not the password');
  await page.getByLabel('New password', { exact: true }).fill('another good password');
  await page.getByLabel('New password again').fill('another good password');
  await page.getByRole('button', { name: 'Change the password' }).click();
  await person.sees(page.getByRole('alert').filter({ hasText: 'present password is not right' }));
  await page.getByRole('button', { name: 'Log out everywhere' }).click();
  await person.sees(page.getByRole('heading', { level: 1, name: 'Log in to Cadastre' }));
}
