import { show } from '../arguments/invalid-argument';
import type { Transport } from '../ports/transport';
import { type IanaRow, registryEvidence } from '../registry/evidence';
import type { PortRule } from './rule';

const IANA = 'https://www.iana.org/assignments/service-names-port-numbers';
const RFC_6335 = 'https://www.rfc-editor.org/rfc/rfc6335';
const HIGHEST_SYSTEM_PORT = 1023;
const LOWEST_DYNAMIC_PORT = 49_152;

/** What IANA and the lists of unofficial uses say against a port. */
export function registryRules(port: number, transport: Transport): PortRule[] {
  const { iana, uses } = registryEvidence(port, transport);
  return [
    ...(port <= HIGHEST_SYSTEM_PORT ? [SYSTEM] : []),
    ...(port >= LOWEST_DYNAMIC_PORT ? [DYNAMIC] : []),
    ...iana.map(ianaRule),
    ...uses.map(
      ({ name, source }): PortRule => ({
        rule: 'unofficial use',
        reason: name === '' ? 'IANA notes that somebody uses it' : `it is known for ${name}`,
        source,
      }),
    ),
  ];
}

const SYSTEM: PortRule = {
  rule: 'system',
  reason: 'it is a system port',
  detail: 'ports up to 1023 are for services of the system; most systems let only root bind them',
  source: `${RFC_6335}#section-6`,
};

const DYNAMIC: PortRule = {
  rule: 'dynamic',
  reason: 'it is a dynamic port',
  detail: 'IANA never assigns ports from 49152 on: kernels give them to outgoing connections',
  source: `${RFC_6335}#section-6`,
};

function ianaRule({ name, description, registered, modified }: IanaRow): PortRule {
  const date = registered === undefined ? modified && `changed ${modified}` : `registered ${registered}`;
  const words = [description === '' ? undefined : show(description), date].filter(
    (word) => word !== undefined,
  );
  return {
    rule: name === '' ? 'reserved by IANA' : 'assigned',
    reason: name === '' ? 'IANA keeps it reserved' : `IANA assigns it to ${name}`,
    ...(words.length === 0 ? {} : { detail: words.join(', ') }),
    source: IANA,
  };
}
