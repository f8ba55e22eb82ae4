import { avroCodec } from '../../schemas/codecs/avro.ts';
import type { SchemaIds } from '../../schemas/codecs/bind.ts';
import { SUBJECTS } from '../../schemas/codecs/subjects.ts';
import type { SepsisAlert } from '../../schemas/generated/sepsis-alert.ts';
import { isStreamsError } from '../../topology/model/errors.ts';

/** No registry gives it: nothing is written here. */
const NO_ID = -1;

/**
 * Reads alerts, whatever version of the schema they were written with: each is asked for when its first record comes, so nothing
 * needs to be registered of this build. What throws, throws as a codec does.
 */
export function alertReader({
  schemaOf,
}: Pick<SchemaIds, 'schemaOf'>): (bytes: Uint8Array) => Promise<SepsisAlert> {
  const codec = avroCodec<SepsisAlert>(SUBJECTS.sepsisAlert.schema, {
    id: NO_ID,
    name: 'avro SepsisAlert',
    schemaOf,
  });
  return async (bytes) => {
    try {
      return codec.decode(bytes);
    } catch (error) {
      if (!isStreamsError(error) || error.code !== 'schema-not-read') throw error;
      await codec.learn?.(bytes);
      return codec.decode(bytes);
    }
  };
}
