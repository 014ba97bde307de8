/// <reference types="node" preserve="true" />

/** The whole public face of the package. */
export { ephemeralPortRanges } from './ephemeral-range';
export {
  AssociationConflictError,
  ConfigAccessError,
  ConfigFileError,
  ConfigLockedError,
  HostError,
  NoFreePortError,
  PortForError,
  PortInUseError,
  PortNotFreeError,
  type PortState,
  PortSystemError,
  PortTimeoutError,
} from './errors';
export {
  type AvailableGoodPortsOptions,
  type AvailablePortsOptions,
  availableGoodPorts,
  availablePorts,
  type GoodPortOptions,
  type GoodPortRangesOptions,
  goodPortRanges,
} from './good-ports';
export { clientHost } from './host/client-host';
export type { Host } from './host/host';
export type { LeasePlace } from './lease/exact';
export {
  Lease,
  type LeaseOptions,
  lease,
  leaseMany,
  leaseManySync,
  leaseSync,
} from './lease/lease';
export type { BindingSocket, LeaseListenOptions, ListeningServer, SocketOwner } from './lease/listen';
export type { TableStates, Transport } from './native';
export type { TransportChoice } from './options';
export {
  allocate,
  allocateSync,
  type GetPortOptions,
  getPort,
  getPortSync,
  type PickOptions,
  selectRandom,
  selectRandomSync,
} from './pick';
export type { PortRange } from './port';
export { isAvailable, isAvailableSync, portIsUsed, portIsUsedSync } from './port-is-used';
export type { PortOwner } from './port-owners';
export { PortSet } from './port-set';
export type { PortBits, PortSpec } from './port-spec';
export { type ServiceName, serviceName, UNASSIGNED_RANGES, unassignedRanges } from './registry';
export {
  type ScanMethod,
  type ScanOptions,
  type ScanProgress,
  type ScanResult,
  type ScanSyncOptions,
  scan,
  scanSync,
} from './scan/scan';
export { defaultConfigPath, userConfigPath } from './store/config-path';
export type { NamedLeaseOptions } from './store/named-hold';
export { PortStore, type PortStoreOptions } from './store/port-store';
export { type UsedPortsOptions, usedPorts } from './used-ports';
export { type UsedSocket, usedSockets } from './used-sockets';
export { Checker, type CheckerOptions } from './wait/checker';
export { findAvailableLocalPort } from './wait/find-available-local-port';
export { HostPort } from './wait/host-port';
export type { WaitAttempt, WaitOptions } from './wait/options';
export type { Target, Targets } from './wait/target';
export { free, occupied } from './wait/wait';
