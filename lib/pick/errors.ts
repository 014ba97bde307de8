import { PortForError } from '../errors/port-for-error';

/** Fewer free ports than were asked for among the candidates. */
export class NoFreePortError extends PortForError {
  /** How many different candidates were probed. */
  readonly tried: number;
  /** How many free ports were asked for. */
  readonly wanted: number;
  /** How many of the candidates were free. */
  readonly found: number;
  /** How many of them this process may not bind, as system ports below 1024 without root. */
  readonly denied: number;
  /** How many of them nobody can bind, because Windows reserves them for Hyper-V or WinNAT; 0 on other systems. */
  readonly reserved: number;

  /** @internal */
  constructor(tried: number, wanted: number, found: number, denied = 0, reserved = 0) {
    const shortfall = wanted === 1 ? 'none is free' : `only ${found} of the ${wanted} wanted are free`;
    const rights = denied === 0 ? '' : ` (${denied} of them this process may not bind)`;
    const system =
      reserved === 0
        ? ''
        : ` (${reserved} of them reserved by Windows: netsh int ipv4 show excludedportrange tcp)`;
    super(
      'ERR_PORT_NONE_FREE',
      tried === 0
        ? 'there is no candidate port: everything is excluded'
        : `${shortfall} among the ${tried} candidate ports${rights}${system}: name other ports, or stop what uses these`,
    );
    this.tried = tried;
    this.wanted = wanted;
    this.found = found;
    this.denied = denied;
    this.reserved = reserved;
  }
}
