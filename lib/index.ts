/// <reference types="node" preserve="true" />

/**
 * The whole public face of the package: what `require('port-for-native')` returns.
 *
 * @module API
 */

export type { SocketState, TableStates } from './addon/contract';
export { checkoutRoot } from './checkout/checkout-root';
export { PortForError } from './errors/port-for-error';
export { PortSystemError } from './errors/port-system-error';
export { type ExplainOptions, explainPort, type PortExplanation } from './explain/explain-port';
export type { PortRule, PortRuleKind } from './explain/rule';
export { clientHost } from './host/client-host';
export { HostError } from './host/errors';
export type { Host } from './host/host';
export { PortEnteredError, PortInUseError } from './lease/errors';
export type { LeasePlace } from './lease/exact';
export {
  Lease,
  type LeaseOptions,
  type LeaseSyncOptions,
  lease,
  leaseMany,
  leaseManySync,
  leaseSync,
} from './lease/lease';
export type { BindingSocket, LeaseListenOptions, ListeningServer, ServerBase } from './lease/listen';
export { listenFds } from './lease/listen-fds';
export { ephemeralPortRanges } from './machine/ephemeral-range';
export type { PortOwner } from './machine/port-owners';
export { type UsedPortsOptions, usedPorts } from './machine/used-ports';
export { findUsedSockets, type RemoteEnd, type UsedSocket, usedSockets } from './machine/used-sockets';
export { PORT_KINDS, type PortKind, type PortMap, type PortMapOptions, portMap } from './map/port-map';
export { NoFreePortError } from './pick/errors';
export type { PickOrder } from './pick/order';
export {
  allocate,
  allocateSync,
  type GetPortOptions,
  type GetPortSyncOptions,
  getPort,
  getPortSync,
  type PickOptions,
  type PickSyncOptions,
  portFromSetting,
  portFromSettingSync,
  selectRandom,
  selectRandomSync,
} from './pick/pick';
export { PoolStateError } from './pool/errors';
export type { PortPoolEvents } from './pool/events';
export type { PoolNumbers } from './pool/numbers';
export type { OwnerHandle, PortPoolOptions, ReserveOptions } from './pool/options';
export { PortPool } from './pool/pool';
export { Reservation } from './pool/reservation';
export type { PortRange } from './ports/port';
export { PortSet } from './ports/port-set';
export type { PortBits, PortSpec } from './ports/port-spec';
export type { Transport, TransportChoice } from './ports/transport';
export type { Container } from './process/control-group';
export type { ContainerProxy } from './process/engine-proxy';
export type { OriginKind } from './process/origin';
export type { ParentProcess, ProcessInfo } from './process/process-info';
export {
  type AvailableGoodPortsOptions,
  type AvailablePortsOptions,
  availableGoodPorts,
  availablePorts,
  type GoodPortOptions,
  type GoodPortRangesOptions,
  goodPortRanges,
  goodPorts,
  unassignedPorts,
} from './registry/good-ports';
export { type ServiceName, serviceName } from './registry/services';
export { unassignedRanges } from './registry/unassigned';
export { UNASSIGNED_RANGES } from './registry/unassigned-ranges';
export {
  isAvailable,
  isAvailableSync,
  type PortIsUsedOptions,
  portIsUsed,
  portIsUsedSync,
} from './scan/port-is-used';
export {
  type ScanMethod,
  type ScanOptions,
  type ScanProgress,
  type ScanResult,
  type ScanSyncOptions,
  scan,
  scanSync,
} from './scan/scan';
export { type PortFromServerOptions, portFromServer } from './serve/port-client';
export { PortServer, type PortServerNumbers } from './serve/port-server';
export { StopFailedError, type StopRefusal, StopRefusedError } from './stop/errors';
export type { StopSignal } from './stop/holder-process';
export {
  type StopOptions,
  type StoppedListener,
  type StoppedProcess,
  stopListener,
} from './stop/stop-listener';
export type { KeptAssociation } from './store/association';
export { defaultConfigPath, systemConfigPath, userConfigPath } from './store/config-path';
export { declaredPorts } from './store/declared-ports';
export {
  type Association,
  AssociationConflictError,
  ConfigAccessError,
  ConfigFileError,
  ConfigLockedError,
} from './store/errors';
export type { NamedLeaseOptions } from './store/named-hold';
export { PortStore, type PortStoreOptions, type PruneOptions } from './store/port-store';
export type { BindOptions } from './store/wish';
export { Checker, type CheckerOptions } from './wait/checker';
export { PortNotFreeError, type PortState, PortTimeoutError, ProcessEndedError } from './wait/errors';
export { findAvailableLocalPort } from './wait/find-available-local-port';
export { HostPort } from './wait/host-port';
export type { WaitAttempt, WaitOptions } from './wait/options';
export { ServiceTarget, type Target, type Targets, type TcpTarget, type WaitTarget } from './wait/target';
export { free, occupied } from './wait/wait';
export type { Exposure } from './who/exposure';
export type { PortName } from './who/port-names';
export type { HeldSocket, PortUse, SocketHolder } from './who/port-use';
export { type WhoHasOptions, whoHas, whoHasSync } from './who/who-has';
