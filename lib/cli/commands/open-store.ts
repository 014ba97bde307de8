import { userConfigPath } from '../../store/config-path';
import { PortStore } from '../../store/port-store';
import type { PortForValues } from '../options';
import { UsageError } from '../usage-error';

/** The store that the call names by `--config` or `--user`, else the default one. */
export function openStore({ config, user }: PortForValues): PortStore {
  if (config !== undefined && user) throw new UsageError('--config does not go with --user');
  if (config === '') throw new UsageError('--config needs the name of a file');
  return new PortStore(user ? userConfigPath() : config);
}
