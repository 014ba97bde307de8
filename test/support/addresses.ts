/** Spellings of `::`, every address of this machine. */
export const SPELLINGS_OF_ALL = [
  '::',
  '::0',
  '0::',
  '0::0',
  '0000::0000',
  '0:0:0:0:0:0:0:0',
  '::0.0.0.0',
  '0:0:0:0:0:0:0.0.0.0',
];

/** Spellings of 127.0.0.1 as an IPv6 address. */
export const SPELLINGS_OF_MAPPED = [
  '::ffff:127.0.0.1',
  '::FFFF:127.0.0.1',
  '::ffff:7f00:1',
  '0:0:0:0:0:ffff:127.0.0.1',
];
