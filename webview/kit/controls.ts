/**
 * The controls of the timeline. They are made of the VS Code webview UI toolkit, which is archived: nothing outside
 * this folder knows it, so that it can be replaced by rewriting this file alone.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodePanels,
  vsCodePanelTab,
  vsCodePanelView,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { fill, h, icon, setAttributes, setText } from './dom';

/** Registers the custom elements; call once before the first control is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(
    vsCodeButton(),
    vsCodeDropdown(),
    vsCodeOption(),
    vsCodePanels(),
    vsCodePanelTab(),
    vsCodePanelView(),
    vsCodeTextField(),
  );
}

export interface ButtonOptions {
  /** Name for screen readers and tooltip. */
  label: string;
  /** Codicon; with `text` both are shown. */
  icon?: string;
  text?: string;
  /** Shown in the tooltip behind the label. */
  key?: string;
  kind?: 'icon' | 'primary' | 'secondary';
  name?: string;
  press(): void;
}

/** A button that can be disabled, renamed and shown as pressed. */
export interface ButtonControl {
  element: HTMLElement;
  enable(enabled: boolean): void;
  pressed(pressed: boolean | null): void;
  look(icon: string, label: string): void;
  /** Changes the text beside the icon. */
  caption(text: string): void;
}

const tooltip = (label: string, key?: string) => (key ? `${label} (${key})` : label);

/** A push button. */
export function button(options: ButtonOptions): ButtonControl {
  const element = document.createElement('vscode-button');
  let shown = '';
  const show = (iconName: string | undefined, label: string) => {
    // Asked for in every frame; new children would make the browser lay out the whole row.
    const key = `${iconName}/${label}`;
    if (key === shown) return;
    shown = key;
    setAttributes(element, { 'aria-label': label, title: tooltip(label, options.key) });
    fill(element, iconName ? icon(iconName) : null, options.text ? h('span', { class: 'button-text' }, options.text) : null);
  };
  setAttributes(element, { appearance: options.kind ?? (options.text ? 'secondary' : 'icon'), 'data-name': options.name ?? null });
  show(options.icon, options.label);
  element.addEventListener('click', () => {
    if (!element.hasAttribute('disabled')) options.press();
  });
  return {
    element,
    enable: (enabled) => {
      if (element.hasAttribute('disabled') === enabled) setAttributes(element, { disabled: !enabled });
    },
    pressed: (pressed) => setAttributes(element, { 'aria-pressed': pressed === null ? null : String(pressed) }),
    look: show,
    caption(text) {
      const shown = element.querySelector('.button-text');
      if (shown) shown.textContent = text;
    },
  };
}

export interface Choice {
  value: string;
  text: string;
}

export interface DropdownControl {
  element: HTMLElement;
  /** Shows these choices; keeps the value when it is still there, else takes the first. */
  choices(choices: readonly Choice[]): void;
  value(): string;
  set(value: string): void;
}

/** A list to choose one value from. */
export function dropdown(options: { label: string; name: string; change(value: string): void }): DropdownControl {
  const element = document.createElement('vscode-dropdown') as HTMLElement & { value: string };
  setAttributes(element, { 'aria-label': options.label, title: options.label, 'data-name': options.name });
  let shown: readonly Choice[] = [];
  const items: HTMLElement[] = [];
  let current = '';
  element.addEventListener('change', () => {
    if (element.value === current) return;
    current = element.value;
    options.change(current);
  });
  return {
    element,
    choices(choices) {
      // Those that are the same as before stay: making hundreds takes many frames, and the sockets of a live run come one by one.
      let kept = 0;
      while (kept < shown.length && shown[kept]?.value === choices[kept]?.value && shown[kept]?.text === choices[kept]?.text) kept++;
      if (kept === shown.length && kept === choices.length) return;
      shown = choices;
      for (const item of items.splice(kept)) item.remove();
      for (const choice of choices.slice(kept)) {
        const item = document.createElement('vscode-option');
        setAttributes(item, { value: choice.value });
        setText(item, choice.text);
        items.push(item);
      }
      element.append(...items.slice(kept));
      if (!choices.some((choice) => choice.value === current)) current = choices[0]?.value ?? '';
      queueMicrotask(() => {
        element.value = current;
      });
    },
    value: () => current,
    set(value) {
      if (value === current) return;
      current = value;
      element.value = value;
    },
  };
}

export interface TextFieldControl {
  element: HTMLElement;
  value(): string;
  set(value: string): void;
  focus(): void;
}

/** A one-line text field; `enter` gets whether Shift was held. */
export function textField(options: {
  label: string;
  placeholder: string;
  name: string;
  icon?: string;
  input(value: string): void;
  enter(shift: boolean): void;
  escape(): void;
}): TextFieldControl {
  const element = document.createElement('vscode-text-field') as HTMLElement & { value: string };
  setAttributes(element, {
    'aria-label': options.label,
    title: options.label,
    placeholder: options.placeholder,
    'data-name': options.name,
  });
  if (options.icon) {
    const start = icon(options.icon);
    start.slot = 'start';
    element.append(start);
  }
  element.addEventListener('input', () => options.input(element.value));
  element.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') options.enter(event.shiftKey);
    else if (event.key === 'Escape') options.escape();
    else return;
    event.preventDefault();
  });
  return { element, value: () => element.value, set: (value) => (element.value = value), focus: () => element.focus() };
}

/** A check box, the browser's own: the toolkit's would be 4 kB of script for the same. Its style is in the page's style sheet. */
export function checkbox(options: { label: string; name: string; change(checked: boolean): void }): {
  element: HTMLElement;
  set(checked: boolean): void;
} {
  const box = h('input', { type: 'checkbox', 'data-name': options.name });
  box.addEventListener('change', () => options.change(box.checked));
  return {
    element: h('label', { class: 'check' }, box, options.label),
    set: (checked) => {
      box.checked = checked;
    },
  };
}

/** Tabs with one content each; `change` hears the id of the tab that the learner chose. */
export function tabs(options: { label: string; tabs: { id: string; title: string; content: HTMLElement }[]; change(id: string): void }): {
  element: HTMLElement;
  select(id: string): void;
  /** Shows a tab in the row, or hides it. */
  offer(id: string, offered: boolean): void;
} {
  const element = document.createElement('vscode-panels') as HTMLElement & { activeid: string };
  setAttributes(element, { 'aria-label': options.label, class: 'tabs' });
  const heads = new Map<string, HTMLElement>();
  for (const tab of options.tabs) {
    const head = document.createElement('vscode-panel-tab');
    setAttributes(head, { id: `tab-${tab.id}` });
    head.textContent = tab.title;
    const view = document.createElement('vscode-panel-view');
    setAttributes(view, { id: `view-${tab.id}` });
    view.append(tab.content);
    heads.set(tab.id, head);
    // Each goes to the slot of its kind, in this order.
    element.append(head, view);
  }
  element.addEventListener('change', (event) => {
    if (event.target !== element) return;
    const id = (event as CustomEvent<HTMLElement>).detail?.id ?? element.activeid;
    if (id?.startsWith('tab-')) options.change(id.slice(4));
  });
  return {
    element,
    select: (id) => (element.activeid = `tab-${id}`),
    offer(id, offered) {
      // Hidden and not removed: the toolkit finds the panel of a tab by its place in the row.
      setAttributes(heads.get(id)!, { hidden: !offered });
    },
  };
}
