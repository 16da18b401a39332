// Someone in front of a real browser, and what the browser says meanwhile: errors in the console, requests
// that leave the origin, answers whose policy is too loose. `complaints` are told at the end.

import { chromium } from 'playwright-core';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

// How long anything may take that a person waits for.
const PATIENCE = 20_000;

function told(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; the Rust tests set it (see README.md)`);
  return value;
}

export const ADDRESS = told('CADASTRE_ADDRESS').replace(/\/$/, '');
export const LOGIN = { name: told('CADASTRE_LOGIN_NAME'), password: told('CADASTRE_LOGIN_PASSWORD') };

export function openBrowser() {
  return chromium.launch({ executablePath: told('CADASTRE_LAB_CHROMIUM'), args: FLAGS });
}

export class Person {
  // `options` as of a browser context: javaScriptEnabled, colorScheme, viewport, storageState.
  static async at(browser, options = {}) {
    const context = await browser.newContext({
      baseURL: ADDRESS,
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
      ...options,
    });
    context.setDefaultTimeout(PATIENCE);
    return new Person(context, await context.newPage(), options.javaScriptEnabled !== false);
  }

  constructor(context, page, hasScript) {
    this.context = context;
    this.page = page;
    this.hasScript = hasScript;
    this.complaints = [];
    this.expected = new Set([200, 303]);
    page.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type())) return;
      // The browser says so of each answer that is an error; whether it should be is looked at below.
      if (message.text().startsWith('Failed to load resource') && this.#isExpected(message)) return;
      // Without JavaScript nobody uses what is loaded for it.
      if (!hasScript && message.text().includes('preloaded using link preload but not used')) return;
      this.complain(`the console says (${message.type()}): ${message.text()}`);
    });
    page.on('pageerror', (error) => this.complain(`a script failed: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!['data:', 'blob:'].includes(url.protocol) && url.origin !== ADDRESS) {
        this.complain(`a request leaves the origin: ${request.url()}`);
      }
    });
    page.on('response', (response) => this.look(response));
  }

  #isExpected(message) {
    const [, status] = message.text().match(/status of (\d+)/) ?? [];
    return message.location().url === this.page.url() || this.expected.has(Number(status));
  }

  complain(what) {
    this.complaints.push(`${what}\n    at ${this.page.url()}`);
  }

  look(response) {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400 && !this.expected.has(response.status())) {
      this.complain(`${pathname} answers ${response.status()}`);
    }
    if (!response.headers()['content-type']?.startsWith('text/html')) return;
    const policy = response.headers()['content-security-policy'] ?? '';
    if (!policy.includes("default-src 'none'") || policy.includes('unsafe-inline')) {
      this.complain(`${pathname} has a loose policy: ${policy || 'none'}`);
    }
  }

  // From now on answers with this status are as they should be.
  expects(status) {
    this.expected.add(status);
  }

  async goes(path) {
    return this.page.goto(path, { waitUntil: 'load' });
  }

  async logsIn({ name, password } = LOGIN) {
    await this.goes('/login');
    await this.givesName({ name, password });
  }

  // On the page of the login.
  async givesName({ name, password }) {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Log in' }).click();
  }

  // Types into the search box that every page has.
  async looksUp(text) {
    const box = this.page.getByRole('searchbox', { name: 'Look up an asset' });
    await box.fill(text);
    await box.press('Enter');
    await this.page.waitForURL((url) => url.pathname === '/assets' && url.searchParams.get('q') === text);
  }

  async opensAsset(name, kind = 'instance') {
    await this.looksUp(`kind:${kind} name:${name}`);
    await this.page.getByRole('link', { name, exact: true }).first().click();
    await this.sees(this.page.getByRole('heading', { level: 1, name }));
  }

  async sees(locator) {
    await locator.first().waitFor({ state: 'visible' });
    return locator.first();
  }

  // Presses "Run now" and goes to the page of the run, which a worker may take a moment to begin.
  async runs(button) {
    await button.click();
    await this.page.waitForURL(/\/runs(\/\d+|\?)/);
    const deadline = Date.now() + PATIENCE;
    while (!/\/runs\/\d+/.test(this.page.url())) {
      // The newest is on top; while it waits, the page says so.
      const newest = this.page.locator('main tbody tr:first-child a').first();
      if ((await this.page.getByRole('status').count()) === 0 && (await newest.count()) > 0) await newest.click();
      else await this.page.reload();
      if (Date.now() > deadline) throw new Error('no worker begins the run');
    }
  }

  async leaves() {
    await this.context.close();
  }
}

// A statement about what a person has seen.
export function holds(condition, what) {
  if (!condition) throw new Error(what);
}
