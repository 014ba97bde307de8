import { invalidType, invalidValue, missingHost, show } from '../arguments/invalid-argument';
import { toAuthority } from '../host/authority';
import { checkHostText } from '../host/host';
import { checkPort } from '../ports/port';

/** `[` and an IPv6 address and `]`, or a host without colons, then a colon and digits. */
const HOST_PORT = /^(?:\[([^\s[\]]*:[^\s[\]]*)\]|([^\s:[\]]+)):(\d+)$/;

/**
 * A host and a port, written `localhost:8080`, `127.0.0.1:8080` or `[::1]:8080`: an IPv6 address stands in brackets,
 * or its last group could not be told from the port.
 */
export class HostPort {
  /** A name or an address, an IPv6 address without its brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;

  /**
   * Throws a `TypeError` or `RangeError` for a missing host or a port that is none.
   * @param host a name or an address; brackets around an IPv6 address are taken off
   * @param port 1 to 65535
   */
  constructor(host: string, port: number) {
    if (typeof host !== 'string' || host === '') throw missingHost(host);
    this.host = checkHostText(host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host, host);
    this.port = checkPort(port);
  }

  /**
   * Reads `host:port`; throws a `RangeError` that names the text.
   * @param text `host:port`, an IPv6 address in brackets
   */
  static parse(text: string): HostPort {
    if (typeof text !== 'string') throw invalidType('target', 'a string such as "localhost:8080"', text);
    const [, address, name, port] = HOST_PORT.exec(text) ?? [];
    const host = address ?? name;
    if (host === undefined) {
      throw invalidValue(
        `target ${show(text)} is not HOST:PORT: expected a form such as "localhost:8080" or "[::1]:8080"`,
      );
    }
    return make(host, checkPort(Number(port), `target ${show(text)}: port`));
  }

  /**
   * The target that `server.address()` of a listening TCP server means.
   * @param address what `server.address()` returns
   */
  static fromAddress(address: { address: string; port: number } | string | null): HostPort {
    if (typeof address !== 'object' || address === null) {
      throw invalidType('address', 'the address of a listening TCP server', address);
    }
    return make(address.address, address.port);
  }

  /** `host:port`, with an IPv6 address in brackets: what {@link HostPort.parse} reads. */
  toString(): string {
    return toAuthority(this.host, this.port);
  }

  /** The same text, for `JSON.stringify`. */
  toJSON(): string {
    return this.toString();
  }
}

/** A class that names itself inside is renamed by the bundler. */
function make(host: string, port: number): HostPort {
  return new HostPort(host, port);
}
