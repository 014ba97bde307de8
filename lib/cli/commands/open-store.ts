import { systemConfigPath, userConfigPath } from '../../store/config-path';
import { declaredPorts } from '../../store/declared-ports';
import { checkName } from '../../store/name';
import { PortStore } from '../../store/port-store';
import { isStoreUrl } from '../../store/store-url';
import type { PortForValues } from '../options';
import { UsageError } from '../usage-error';

/** The names that the call means: whose, and where they are kept. */
export function openStore({ config, user, system, store: url, here, project }: PortForValues): PortStore {
  if (config === '') throw new UsageError('--config needs the name of a file');
  if (url !== undefined) {
    if (isStoreUrl(url)) return new PortStore(url);
    throw new UsageError('--store needs a URL, as etcd://HOST:2379/PREFIX; --config names a file');
  }
  const store = new PortStore(user ? userConfigPath() : system ? systemConfigPath() : config);
  if (project !== undefined) return store.project(project);
  return here || isOn(process.env.PORT_FOR_HERE) ? store.project() : store;
}

/** The names of a call, folded, each once; without any, those that the file `.ports` of the checkout declares. */
export function namesOf(words: readonly string[], store: PortStore): string[] {
  if (words.length > 0) return [...new Set(words.map(checkName))];
  if (store.folder === undefined) throw new UsageError('the name is missing');
  const declared = [...declaredPorts(store.folder).keys()];
  if (declared.length > 0) return declared;
  throw new UsageError(`the name is missing, and ${store.folder} has no file .ports that declares any`);
}

function isOn(variable = ''): boolean {
  return !/^(?:|0|no|off|false)$/i.test(variable);
}
