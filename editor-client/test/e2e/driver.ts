/** Types and clicks in a page of VS Code, again until what was meant happened. */

import type { Locator, Page } from "playwright-core";

import { PATIENCE } from "./launch.ts";

/** After this long without its effect a key, a click or a typed text is given again. */
export const AGAIN = PATIENCE / 12;

export class Driver {
  constructor(readonly page: Page) {}

  /**
   * Do something until it had its effect: VS Code takes a list away, moves the keyboard elsewhere or draws a row anew
   * while one types or clicks, most of all on a busy machine.
   */
  async until(act: () => Promise<unknown>, effect: () => Promise<unknown>): Promise<void> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const last = Date.now() > end;
      try {
        await act();
        await effect();
        return;
      } catch (error) {
        if (last || this.page.isClosed()) throw error;
      }
    }
  }

  /** Run a command by its title, once. */
  async command(title: string): Promise<void> {
    await this.choose("F1", `>${title}`, title);
  }

  /** Answer the question that a command asks in an input box. */
  async answer(text: string): Promise<void> {
    const input = this.page.locator(".quick-input-box input");
    await this.until(
      () => input.fill(text, { timeout: AGAIN }),
      () => this.holds(input, text),
    );
    await this.page.keyboard.press("Enter");
  }

  /** Answer the dialog that asks for a file, which completes paths while one types. */
  async answerPath(path: string): Promise<void> {
    const widget = this.page.locator(".quick-input-widget");
    await this.until(
      async () => {
        await this.page.locator(".quick-input-box input").fill(path, { timeout: AGAIN });
        await this.page.keyboard.press("Enter");
      },
      () => widget.waitFor({ state: "hidden", timeout: AGAIN }),
    );
  }

  /** Choose a row of the list that a key opens; it is chosen once, when it stands first. */
  protected async choose(key: string, typed: string, label: string): Promise<void> {
    const row = this.page
      .locator(".quick-input-list .monaco-list-row.focused", { hasText: label })
      .first();
    await this.until(
      () => this.ask(key, typed),
      () => row.waitFor({ timeout: AGAIN }),
    );
    await this.until(
      () => this.page.keyboard.press("Enter"),
      () => row.waitFor({ state: "hidden", timeout: AGAIN }),
    );
  }

  /** Open a quick input by its key and type into it. */
  protected async ask(key: string, typed: string): Promise<void> {
    const input = this.page.locator(".quick-input-widget:visible .quick-input-box input");
    if (await input.isVisible()) await this.page.keyboard.press("Escape");
    await input.waitFor({ state: "hidden", timeout: AGAIN });
    await this.page.keyboard.press(key);
    await input.fill(typed, { timeout: AGAIN });
    await this.holds(input, typed);
  }

  private async holds(input: Locator, text: string): Promise<void> {
    if ((await input.inputValue({ timeout: AGAIN })) !== text) throw new Error(`not ${text}`);
  }
}
