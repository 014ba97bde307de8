declare module 'node-gyp-build' {
  /** Loads the addon of the package in folder `directory`: a prebuilt one that fits, else the built one. */
  function load(directory: string): unknown;
  export = load;
}
