declare module 'node-gyp-build' {
  /** Loads the addon of the package in folder `directory`: the one built there, else a prebuilt one that fits. */
  function load(directory: string): unknown;
  namespace load {
    /** The path of that addon. */
    function resolve(directory: string): string;
  }
  export = load;
}
