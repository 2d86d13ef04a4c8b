// A visitor with a real browser. Reads visits as JSON from its standard input, makes them one after another, and prints
// what was seen, as JSON. What is to be seen is the business of the test.
"use strict";

const fs = require("node:fs");
const { chromium } = require("playwright-core");
const axe = require("axe-core");

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--no-first-run",
];
const PATIENCE = 60_000;

const steps = {
  /** Takes a picture, and measures: what sticks out, what is hard to read or cannot be reached. */
  async look(page, path) {
    await page.screenshot({ path });
    const overflow = await page.evaluate(() => {
      const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
      const cut = [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && element.getClientRects().length)
        .map((element) => element.outerHTML.slice(0, 120));
      return wide > 0 ? cut.slice(0, 5) : [];
    });
    await page.evaluate(axe.source);
    const { violations } = await page.evaluate(() => globalThis.axe.run(document));
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map((node) => `${id}: ${node.html.slice(0, 160)}: ${node.failureSummary.replace(/\s+/g, " ")}`));
    return { overflow, violations: found };
  },
  async click(page, selector) {
    await page.locator(selector).first().click();
  },
  async press(page, [selector, key]) {
    await page.locator(selector).first().press(key);
  },
  async type(page, [selector, text]) {
    await page.locator(selector).first().fill(text);
  },
  async back(page) {
    await page.goBack();
  },
  /** Waits until something is there. */
  async wait(page, selector) {
    await page.locator(selector).first().waitFor();
  },
  async read(page, selector) {
    const texts = await page.locator(selector).allInnerTexts();
    return { text: texts.map((text) => text.replace(/\u00a0/g, " ").trim()) };
  },
  async value(page, selector) {
    return { text: await page.locator(selector).first().inputValue() };
  },
  /** Sends something to a server behind the page's back. */
  async post(page, [url, body]) {
    const reply = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    return { status: reply.status };
  },
};

async function visit(browser, { url, width, height, dark, scripts, steps: planned }) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: scripts,
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const seen = [];
  try {
    await page.goto(url);
    for (const step of planned) {
      const [[name, argument]] = Object.entries(step);
      seen.push({ step: name, ...(await steps[name](page, argument)) });
    }
  } catch (error) {
    const text = await page.evaluate(() => document.body.innerText).catch(() => "");
    complaints.push(`at step ${seen.length + 1} of ${url}: ${error.message}\n${text.slice(0, 2000)}`);
  }
  await context.close();
  return { seen, complaints };
}

(async () => {
  const { executable, visits } = JSON.parse(fs.readFileSync(0, "utf8"));
  const browser = await chromium.launch({ executablePath: executable, args: FLAGS });
  const made = [];
  for (const planned of visits) made.push(await visit(browser, planned));
  await browser.close();
  process.stdout.write(JSON.stringify(made));
})();
