/** How full a pool is. */
export interface PoolNumbers {
  /** The ports that the pool can give out at all. */
  readonly ports: number;
  /** Reservations that have not ended. */
  readonly reservations: number;
  /** Different owners of these. */
  readonly owners: number;
  /** Reserved ports. */
  readonly reserved: number;
  /** Reserved ports that the kernel holds. */
  readonly held: number;
  /** Reserved ports that the kernel should hold, but another process uses. */
  readonly unheld: number;
  /** Released ports that are not given out yet. */
  readonly cooling: number;
  /** Reservations made since the pool was. */
  readonly made: number;
  /** Reservations released since the pool was made, expired ones among them. */
  readonly released: number;
  /** Reservations whose process ended. */
  readonly expired: number;
  /** Reservations that failed. */
  readonly refused: number;
}
