import { show } from '../arguments/invalid-argument';
import { PortForError } from '../errors/port-for-error';

/** A host that does not resolve, or is not an address of this machine where one is needed; or no loopback works. */
export class HostError extends PortForError {
  /** The host as the caller gave it. */
  readonly host: string;

  /** @internal */
  constructor(host: string, message: string, options?: { readonly cause?: unknown }) {
    super('ERR_PORT_HOST', message, options);
    this.host = host;
  }
}

/** The resolver knows no address of a name; `cause` is what it said. */
export function unresolvedHost(host: string, cause: Error): HostError {
  return new HostError(host, `host ${show(host)} does not resolve: ${cause.message}`, { cause });
}
