/** What completes a value on the command line: a file, a folder, a name of the config file, or one of these words. */
export type Completes = 'file' | 'folder' | 'name' | readonly string[];

/** One option, with all that refusals, help, completions and man pages say of it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What its value is called in help: `FILE`. */
  readonly value?: string;
  /** What it does, in words that follow it in a list. */
  readonly help: string;
  readonly completes?: Completes;
}

/** The options of a command by their long names, without the dashes. */
export type Options = Readonly<Record<string, Option>>;

/** What was given: a text for each option with a value, true for each without. */
export type OptionValues<O extends Options> = {
  [K in keyof O]?: O[K]['type'] extends 'string' ? string : true;
};

/** The words of one call that are neither its options nor their values. */
export interface Call<O extends Options> {
  readonly values: OptionValues<O>;
  /** All values of options that were given more than once, by their names. */
  readonly valuesOf: ReadonlyMap<string, readonly string[]>;
  /** The positional words; the value of the option that chooses the mode, `--unbind NAME`, comes first. */
  readonly words: readonly string[];
  /** What stands behind `--` in a mode that runs a command, not empty; in other modes that belongs to `words`. */
  readonly command: readonly string[];
}

/** Does what the call asks for, and returns the exit code. */
export type Run<O extends Options> = (call: Call<O>) => number | Promise<number>;

/** The positional words of a mode. */
export interface Words {
  /** As usage lines have it: `NAME...`, `[PORTS]`. */
  readonly usage: string;
  /** What one of them is called in messages: `name`. */
  readonly noun: string;
  readonly least: number;
  readonly most: number;
  readonly completes?: Completes;
}

/** One thing that a command can do. */
export interface Mode<O extends Options> {
  /** What it does, in words that follow it in a list. */
  readonly summary: string;
  /** Further options that choose it. They have to be among `options` too. */
  readonly alsoChosenBy?: readonly (keyof O & string)[];
  /** None by default. */
  readonly words?: Words;
  /** Whether a command follows behind `--`. */
  readonly takesCommand?: true;
  /** The options that go with it, in the order of its help. All others are refused. */
  readonly options: readonly (keyof O & string)[];
  /** More that its own help tells, below the options. */
  readonly notes?: string;
  /** Calls, and what each does in a few words, which may be empty: `['port-for web', 'print its port']`. */
  readonly examples?: readonly Example[];
  /** Loads what does it, so that other calls do not. */
  readonly load: () => Run<O>;
}

export type Example = readonly [call: string, does: string];

export interface Overview<O extends Options> {
  readonly options: readonly (keyof O & string)[];
  readonly examples: readonly Example[];
  readonly notes: string;
}

/** All that a command can do, and every word of it. */
export interface Table<O extends Options = Options> {
  /** The name of the command. */
  readonly name: string;
  readonly summary: string;
  readonly options: O;
  /** By name. The option of a mode's name chooses it; if a call has several, the first here that takes the others. */
  readonly modes: Readonly<Record<string, Mode<O>>>;
  /** The name of the mode that no option chooses. */
  readonly usual: string;
  /** Options of which a call can have one, in any mode. */
  readonly alternatives?: readonly (readonly (keyof O & string)[])[];
  /** What `--help` shows besides the modes. Without, it shows all about the usual mode. */
  readonly overview?: Overview<O>;
}

/** Whether one of the given options chooses the mode. */
export function isChosen<O extends Options>(
  table: Table<O>,
  name: string,
  given: readonly string[],
): boolean {
  return [name, ...(modeOf(table, name).alsoChosenBy ?? [])].some((option) => given.includes(option));
}

/** The mode of that name, which the table has. */
export function modeOf<O extends Options>(table: Table<O>, name: string): Mode<O> {
  const mode = Object.hasOwn(table.modes, name) ? table.modes[name] : undefined;
  if (mode === undefined) throw new TypeError(`${table.name} has no mode ${name}`);
  return mode;
}
