/** How far one file is read; bytes as they lie on the disk (compressed ones of a gzip file). */
export interface FileProgress {
  readonly file: string;
  bytesRead: number;
  /** Undefined when it cannot be known: standard input, a pipe. */
  bytesTotal: number | undefined;
  /** The file's offsets count entries of a Bundle, not lines. */
  entries: boolean;
  /** Something that reads as FHIR was seen in it. */
  fhir: boolean;
}

/** What a feed has read so far; it grows while the feed runs. */
export interface FeedStatistics {
  records: number;
  /** Something that reads as FHIR was seen. An input without any is the wrong input. */
  fhir: boolean;
  /** In the order in which the files were given. */
  readonly files: readonly FileProgress[];
}

/** Statistics of a feed over these files, before anything is read. */
export function feedStatistics(files: readonly string[]): FeedStatistics {
  return {
    records: 0,
    fhir: false,
    files: files.map((file) => ({ file, bytesRead: 0, bytesTotal: undefined, entries: false, fhir: false })),
  };
}
