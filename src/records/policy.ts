/**
 * Policy of one area: its subjects, rules, actor attributes and wording. Importing a policy registers nothing. The
 * application registers the policies in the order of the list in `src/policies.ts`.
 */
import { declareAttribute, declareTimedChange } from '../authentication/actor.js';
import { declareCategoriesSharedFurther } from '../authorization/text-in-another-record.js';
import { addActionPhrases, declareWording } from '../authorization/wording.js';
import { declareConflicts, declareKnownAttributes } from './known-attributes.js';
import { declareItemsRead } from './audit-trail.js';
import { declareDependentSubject, declareSubject, extendSubject } from '../authorization/subject-declaration.js';

export class Policy {
  private readonly declarations: (() => void)[] = [];

  readonly declareAttribute = this.onRegistration(declareAttribute);
  readonly declareTimedChange = this.onRegistration(declareTimedChange);
  readonly declareSubject = this.onRegistration(declareSubject);
  readonly declareDependentSubject = this.onRegistration(declareDependentSubject);
  readonly extendSubject = this.onRegistration(extendSubject);
  readonly declareWording = this.onRegistration(declareWording);
  readonly addActionPhrases = this.onRegistration(addActionPhrases);
  readonly declareKnownAttributes = this.onRegistration(declareKnownAttributes);
  readonly declareConflicts = this.onRegistration(declareConflicts);
  readonly declareItemsRead = this.onRegistration(declareItemsRead);
  readonly declareCategoriesSharedFurther = this.onRegistration(declareCategoriesSharedFurther);

  /** Adds the declarations to the registries, once and in their order. */
  register(): void {
    for (const declare of this.declarations.splice(0)) declare();
  }

  private onRegistration<A extends unknown[]>(declare: (...declared: A) => void): (...declared: A) => void {
    return (...declared) => void this.declarations.push(() => declare(...declared));
  }
}
