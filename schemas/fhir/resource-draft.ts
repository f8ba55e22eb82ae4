import { FhirCursor } from './fhir-cursor.ts';
import { type Note, NotedTexts } from './noted-texts.ts';
import { NO_COMPONENTS } from './read-component.ts';
import { NO_CONCEPT } from './read-concept.ts';
import type { Dosage } from './read-order.ts';
import type { Period, Timing } from './read-time.ts';
import { ValueParts } from './read-value.ts';
import type { Component, Concept, FhirResource, Reference } from './resource.ts';

/**
 * What has been read so far of one resource. Every key is kept apart until the end, because what it means depends
 * on `resourceType`, which may come last, and because a later key of the same name takes an earlier one's place.
 */
export class ResourceDraft {
  resourceType: string | undefined = undefined;
  id: Note | undefined = undefined;
  versionId: string | undefined = undefined;
  lastUpdated: Note | undefined = undefined;
  status: string | undefined = undefined;
  intent: string | undefined = undefined;
  code: Concept = NO_CONCEPT;
  medication: Concept = NO_CONCEPT;
  subject: Reference | undefined = undefined;
  patient: Reference | undefined = undefined;
  encounter: string | undefined = undefined;
  focus = false;
  effectiveDateTime: Note | undefined = undefined;
  effectiveInstant: Note | undefined = undefined;
  effectivePeriod: Period | undefined = undefined;
  effectiveTiming: Timing | undefined = undefined;
  period: Period | undefined = undefined;
  issued: Note | undefined = undefined;
  authoredOn: Note | undefined = undefined;
  readonly notes: NotedTexts = new NotedTexts();
  readonly value: ValueParts = new ValueParts();
  dataAbsent = false;
  components: readonly Component[] = NO_COMPONENTS;
  hasMember = false;
  encounterClass: string | undefined = undefined;
  location: string | undefined = undefined;
  partOf: string | undefined = undefined;
  dosage: Dosage | undefined = undefined;
  category: string | undefined = undefined;
  /** What an envelope's ResourceJson is, if it can hold a resource; a string's text is then in `enclosed`. */
  enclosing: 'text' | 'object' | undefined = undefined;
  /** Where an enclosed object starts. */
  enclosedAt = 0;
  readonly enclosed: FhirCursor = new FhirCursor();
  /** The resource types, as bits, for which a field of the wrong JSON type was met. */
  faults = 0;

  /** Forgets everything; the same draft serves every record. */
  clear(): void {
    this.resourceType = undefined;
    this.id = undefined;
    this.versionId = undefined;
    this.lastUpdated = undefined;
    this.status = undefined;
    this.intent = undefined;
    this.code = NO_CONCEPT;
    this.medication = NO_CONCEPT;
    this.subject = undefined;
    this.patient = undefined;
    this.encounter = undefined;
    this.focus = false;
    this.effectiveDateTime = undefined;
    this.effectiveInstant = undefined;
    this.effectivePeriod = undefined;
    this.effectiveTiming = undefined;
    this.period = undefined;
    this.issued = undefined;
    this.authoredOn = undefined;
    this.notes.clear();
    this.value.clear();
    this.dataAbsent = false;
    this.components = NO_COMPONENTS;
    this.hasMember = false;
    this.encounterClass = undefined;
    this.location = undefined;
    this.partOf = undefined;
    this.dosage = undefined;
    this.category = undefined;
    this.enclosing = undefined;
    this.enclosedAt = 0;
    this.faults = 0;
  }

  /** The resource as its type reads the fields. */
  finish(resourceType: string, malformed: string | undefined): FhirResource {
    const isEncounter = resourceType === 'Encounter';
    const period = isEncounter ? this.period : this.effectivePeriod;
    const timing = this.effectiveTiming;
    const notes = this.notes;
    return {
      resourceType,
      id: notes.text(this.id),
      versionId: this.versionId,
      lastUpdated: notes.text(this.lastUpdated),
      status: this.status,
      intent: this.intent,
      code: resourceType === 'MedicationRequest' ? this.medication : this.code,
      subject: this.subject ?? this.patient,
      encounter: this.encounter,
      focus: this.focus,
      effectiveDateTime: notes.text(this.effectiveDateTime),
      effectiveInstant: notes.text(this.effectiveInstant),
      periodStart: period?.start,
      periodEnd: period?.end,
      timingEvent: timing?.event,
      timing: timing !== undefined,
      issued: notes.text(this.issued),
      authoredOn: notes.text(this.authoredOn),
      value: this.value.value(),
      dataAbsent: this.dataAbsent,
      components: this.components,
      hasMember: this.hasMember,
      encounterClass: isEncounter ? this.encounterClass : undefined,
      location: this.location,
      partOf: this.partOf,
      route: this.dosage?.route,
      category: this.category,
      boundsStart: this.dosage?.boundsStart,
      malformed,
    };
  }
}
