import type { ServiceInfo } from '../model/service-catalogue.js';
import { ServiceSet } from '../sets/service-set.js';
import { validate } from './schema.js';
import { readYamlSource, type YamlSource } from './yaml-source.js';

/**
 * Reads the catalogue of canonical services, rules/data/services.yaml.
 * @throws FwauditError of code `check`, with line and column, for the first thing that is wrong.
 */
export function loadServices(text: string, file: string): ServiceInfo[] {
  const source = readYamlSource(text, file);
  validate('services', source);
  // The schema has nothing against it: this is its type.
  const { services } = source.value as { readonly services: readonly ServiceInfo[] };
  const ids = new Set<string>();
  for (const [index, service] of services.entries()) {
    if (ids.has(service.id)) {
      throw source.errorAt(['services', index, 'id'], `the id ${service.id} stands twice`);
    }
    ids.add(service.id);
    checkPorts(source, index, service);
  }
  return [...services];
}

/** The schema knows how services are written, but not which ports there are. */
function checkPorts(source: YamlSource, index: number, service: ServiceInfo): void {
  for (const [at, text] of service.services.entries()) {
    try {
      ServiceSet.parse(text);
    } catch {
      throw source.errorAt(
        ['services', index, 'services', at],
        `${text} is no service such as tcp/22 or icmp/8`,
      );
    }
  }
}
