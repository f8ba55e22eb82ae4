import { memorySchemaRegistry } from '../../../connectors/memory/schema-registry.ts';
import { schemaRegistryConformance } from '../../conformance/schema-registry.ts';

schemaRegistryConformance('memory', async () => memorySchemaRegistry());
