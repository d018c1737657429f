/** n8n's editor as a person uses it: what is clicked, typed and read, by names on screen. Where something has no name, by n8n's own test ids. */
import type { Locator, Page } from 'playwright-core';
import { OWNER } from '../server/n8nApi';

const id = (name: string) => `[data-test-id="${name}"]`;

/** What lies over the canvas. */
const HIDDEN = ['canvas-controls', 'canvas-minimap', 'execute-workflow-button', 'suggested-actions-close', 'main-sidebar', 'logs-panel', 'toggle-focus-panel-button', 'node-creator-plus-button', 'command-bar-button', 'add-sticky-button']
	.map((name) => `${id(name)} { visibility: hidden !important }`)
	.concat('[class*=executionButtons], [role=dialog], [data-reka-popper-content-wrapper], .header, [class*=_header], #sidebar, [class*=n8n-notification], .vue-flow__background { visibility: hidden !important }')
	.join('\n');
/** Until the canvas has come to rest after zooming. */
const SETTLED_MS = 1200;
const MARGIN = 16;

export class Editor {
	constructor(
		readonly page: Page,
		private readonly url: string,
	) {}

	async signIn(): Promise<void> {
		await this.page.goto(`${this.url}/signin`);
		await this.page.locator('input[name=emailOrLdapLoginId]').fill(OWNER.email);
		await this.page.locator('input[type=password]').fill(OWNER.password);
		await this.page.getByRole('button', { name: 'Sign in' }).click();
		await this.page.waitForURL(/\/home\//);
	}

	/** Settings → Community nodes → Install. */
	async installPackage(name: string): Promise<void> {
		await this.page.goto(`${this.url}/settings/community-nodes`);
		await this.page.getByRole('button', { name: /^Install/ }).first().click();
		const window = this.page.getByRole('dialog');
		await window.getByLabel('npm Package Name').or(window.locator('input[name=packageNameInput]')).or(window.getByRole('textbox')).first().fill(name);
		await window.getByText('I understand the risks').click();
		await window.getByRole('button', { name: 'Install', exact: true }).click();
		await this.page.locator(id('community-package-card')).filter({ hasText: name }).waitFor({ timeout: 120_000 });
	}

	/** Create credential, from the Credentials tab, up to the window that asks for its fields. */
	async newCredential(displayName: string): Promise<CredentialWindow> {
		await this.page.goto(`${this.url}/home/credentials`);
		await this.page.getByRole('button', { name: 'Create credential' }).first().click();
		await this.page.locator(id('new-credential-type-select')).waitFor();
		await this.page.keyboard.type(displayName);
		await this.page.locator('.el-select-dropdown__item:visible').filter({ hasText: displayName }).first().click();
		await this.page.getByRole('button', { name: 'Continue' }).click();
		return await CredentialWindow.opened(this.page);
	}

	async openWorkflow(workflowId: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/${workflowId}`);
		await this.page.locator(id('canvas-node')).first().waitFor();
	}

	/** A new workflow, then ⋯ → Import → From file. */
	async importFile(file: string): Promise<void> {
		await this.page.goto(`${this.url}/workflow/new`);
		await this.page.locator(id('workflow-menu')).click();
		await this.menuItem('Import').hover();
		const chooser = this.page.waitForEvent('filechooser');
		await this.menuItem('From file').click();
		await (await chooser).setFiles(file);
		await this.page.locator(id('canvas-node')).first().waitFor();
	}

	/** The id of the workflow that is open. */
	workflowId(): string {
		return /\/workflow\/([^/?]+)/.exec(this.page.url())?.[1] ?? '';
	}

	/** Opens a node's panel by a double click. */
	async openNode(name: string): Promise<Panel> {
		await this.page.locator(id('zoom-to-fit')).click();
		await this.page.locator(`${id('canvas-node')}[data-node-name="${name}"]`).first().dblclick();
		await this.page.locator(id('node-parameters')).waitFor();
		return new Panel(this.page);
	}

	/** The large button at the bottom. */
	async executeWorkflow(): Promise<void> {
		await this.page.locator(id('execute-workflow-button')).click();
	}

	/** The canvas alone, cut to what lies on it: nodes, notes and connections, without buttons. PNG. */
	async canvasPicture(): Promise<Buffer> {
		await this.page.addStyleTag({ content: HIDDEN });
		await this.page.locator(id('zoom-to-fit')).dispatchEvent('click');
		await this.page.waitForTimeout(SETTLED_MS);
		const boxes = await Promise.all((await this.page.locator(`${id('canvas-node')}, ${id('sticky')}`).all()).map(async (each) => await each.boundingBox()));
		const there = boxes.filter((box) => box !== null);
		const x = Math.min(...there.map((box) => box.x)) - MARGIN;
		const y = Math.min(...there.map((box) => box.y)) - MARGIN;
		const right = Math.max(...there.map((box) => box.x + box.width)) + MARGIN;
		const bottom = Math.max(...there.map((box) => box.y + box.height)) + 2 * MARGIN;
		return await this.page.screenshot({ clip: { x: Math.max(0, x), y: Math.max(0, y), width: right - x, height: bottom - y } });
	}

	/** Publish, at the top right, and once more in its window. */
	async publish(): Promise<void> {
		await this.page.locator(id('workflow-open-publish-modal-button')).click();
		await this.page.locator('[role=dialog]:visible').getByRole('button', { name: 'Publish', exact: true }).last().click();
	}

	/** The Data tables tab: cells of a table, row by row, each line without the empty cells. Cells are there before their text is: one has to show `awaited`. */
	async dataTable(name: string, awaited: RegExp): Promise<string[]> {
		await this.page.goto(`${this.url}/home/workflows`);
		await this.page.locator(id('tab-data-tables')).click();
		await this.page.getByText(name, { exact: true }).first().click();
		const grid = this.page.locator(id('data-table-grid'));
		await grid.locator('.ag-cell', { hasText: awaited }).first().waitFor();
		return (await grid.locator('.ag-cell').allInnerTexts()).map((text) => text.trim()).filter(Boolean);
	}

	private menuItem(text: string): Locator {
		return this.page.locator('[role=menuitem]:visible').filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) });
	}
}

/** A list of fields: a node's panel or a credential's window. */
abstract class Fields {
	protected abstract readonly root: Locator;

	constructor(protected readonly page: Page) {}

	/** Where names of fields and notices stand. */
	protected readonly labelled: string = `${id('input-label')}:visible, .notice:visible, [role=alert]:visible`;

	/** Names of the fields and texts of the notices that can be seen, in order. */
	async labels(): Promise<string[]> {
		const found = this.root.locator(this.labelled);
		return (await found.allInnerTexts()).map((text) => text.trim().split('\n')[0].replace(/\s*\*$/, '')).filter(Boolean);
	}

	field(name: string): Locator {
		return this.root.locator(`[data-test-id="parameter-input-${name}"]:visible`).first();
	}

	/** Types into a text field. */
	async type(name: string, text: string): Promise<void> {
		await this.field(name).locator('input, textarea').first().fill(text);
	}

	/** Opens a drop-down. Out: what it offers, without descriptions. */
	async open(name: string): Promise<string[]> {
		await this.field(name).click();
		await this.items().first().waitFor();
		return (await this.items().allInnerTexts()).map((text) => text.trim().split('\n')[0]);
	}

	/** Chooses in a drop-down. Out: what it offered. */
	async choose(name: string, label: string): Promise<string[]> {
		const offered = await this.open(name);
		const at = offered.indexOf(label);
		if (at === -1) throw new Error(`${name} does not offer ${label}: ${offered.join(', ')}`);
		await this.items().nth(at).click();
		await this.items().first().waitFor({ state: 'hidden' });
		return offered;
	}

	/** Clicks a switch until it stands as wanted. */
	async turn(name: string, on: boolean): Promise<void> {
		const input = this.field(name).locator('[role=switch]').first();
		if (((await input.getAttribute('aria-checked')) === 'true') !== on) await this.field(name).click();
	}

	private items(): Locator {
		return this.page.locator('[data-test-id="parameter-input-item"]:visible');
	}
}

export class Panel extends Fields {
	protected readonly root = this.page.locator(id('node-parameters'));

	/** What "Add option" offers. */
	async addOption(): Promise<string[]> {
		await this.root.locator(`${id('collection-parameter-add')}:visible`).first().click();
		const items = this.page.locator(`${id('collection-parameter-option')}:visible`);
		await items.first().waitFor();
		const names = (await items.allInnerTexts()).map((text) => text.trim().split('\n')[0]);
		await this.page.keyboard.press('Escape');
		await items.first().waitFor({ state: 'hidden' });
		return names;
	}

	/** Opens the list of a field that searches, and types. Out: what is in it then. */
	async search(name: string, text: string): Promise<Locator> {
		await this.field(name).locator('input').last().click();
		await this.page.locator(`${id('rlc-item')}:visible`).first().waitFor();
		await this.page.locator(`${id('rlc-search')}:visible input, input${id('rlc-search')}:visible`).first().fill(text);
		return this.page.locator(`${id('rlc-item')}:visible`);
	}

	/** Chooses a credential in the drop-down. */
	async chooseCredential(name: string): Promise<void> {
		await this.page.locator(id('node-credentials-select')).first().click();
		await this.page.locator('[data-test-id^="node-credentials-select-item-"]:visible').filter({ hasText: name }).first().click();
	}

	/** Warnings that n8n shows on fields and in the panel. */
	async warnings(): Promise<number> {
		return await this.page.locator(`${id('ndv')} ${id('parameter-issues')}:visible, ${id('ndv')} .callout.warning:visible, ${id('ndv')} .callout.danger:visible`).count();
	}

	/** Texts of the hints over the output. */
	async hints(): Promise<string[]> {
		const hints = this.page.locator(`${id('output-panel')} ${id('run-data-hints')}:visible, ${id('output-panel')} ${id('node-hint')}:visible, ${id('output-panel')} .n8n-callout:visible`);
		return await hints.allInnerTexts();
	}

	/** The whole window of the panel. PNG. */
	async picture(): Promise<Buffer> {
		// So that no field shows what it shows under the pointer.
		await this.page.mouse.move(0, 0);
		await this.page.waitForTimeout(SETTLED_MS);
		return await this.page.locator(id('ndv')).screenshot();
	}

	get output(): Locator {
		return this.page.locator(id('output-panel'));
	}

	async close(): Promise<void> {
		await this.page.locator(id('ndv-close-button')).click();
		await this.root.waitFor({ state: 'hidden' });
	}
}

export class CredentialWindow extends Fields {
	private readonly window = this.page.locator(id('editCredential-modal'));
	protected readonly root = this.window.locator(id('node-credentials-config-container'));
	/** The window's own words over the fields (help, what a test said) are no fields. */
	protected override readonly labelled = `${id('credential-connection-parameter')} .n8n-input-label:visible, ${id('credential-connection-parameter')} .notice:visible`;

	static async opened(page: Page): Promise<CredentialWindow> {
		await page.locator(id('node-credentials-config-container')).waitFor();
		return new CredentialWindow(page);
	}

	/** Saves, which tests too. Out: what the window then says; of a failure with its details, and all else that stands in the window. */
	async save(): Promise<string> {
		const tested = this.page.waitForResponse((response) => response.url().endsWith('/rest/credentials/test'));
		await this.window.getByRole('button', { name: 'Save', exact: true }).click();
		const { data } = (await (await tested).json()) as { data: { status: string } };
		if (data.status === 'OK') {
			const good = this.window.getByText('Connection tested successfully').filter({ visible: true }).first();
			await good.waitFor();
			return (await good.innerText()).trim();
		}
		await this.window.getByText('More details').filter({ visible: true }).first().click();
		await this.page.waitForTimeout(300);
		return await this.root.innerText();
	}

	async close(): Promise<void> {
		await this.window.getByLabel('Close this dialog').click();
		await this.root.waitFor({ state: 'hidden' });
	}
}
