import { memorySchemaRegistry } from '../../connectors/memory/schema-registry.ts';
import { screeningRules } from '../../operators/screening-rules.ts';
import { bindCodecs } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import { topicsOf } from '../../schemas/topics.ts';
import { describe } from '../../topology/dsl/describe.ts';
import { topologyHash } from '../../topology/dsl/hash.ts';
import { describeMermaid } from '../../topology/dsl/mermaid.ts';
import { sepsis } from '../../topology/sepsis.ts';

/** The sepsis topology in words, as a chart, or as its hash, ending in a line feed. */
export async function described(as: 'text' | 'mermaid' | 'hash'): Promise<string> {
  // Which ids a registry gives to the schemas is no part of a topology.
  const registry = memorySchemaRegistry();
  for (const { subject, schema } of Object.values(SUBJECTS)) await registry.register(subject, schema);
  const topology = sepsis(topicsOf(await bindCodecs(registry)), screeningRules());
  if (as === 'hash') return `${topologyHash(topology)}\n`;
  return as === 'mermaid' ? describeMermaid(topology) : describe(topology);
}
