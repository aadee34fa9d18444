/** Views of routes, by name: for the OpenAPI document and stored responses. */
import { subjectOf } from '../authorization/subjects.js';
import { type ViewShape, type ViewClass, picked, shapeOf } from './response-view.js';

const declared = new Set<ViewClass>();

/** Registers the view by name; used by the response decorators of routes. */
export function declareView(viewClass: ViewClass): MethodDecorator {
  declared.add(viewClass);
  return () => undefined;
}

export function viewNamed(name: string): ViewClass {
  const found = [...declared].find((one) => one.name === name);
  if (!found) throw new Error(`no view is called ${name}`);
  return found;
}

/** Facts about a view for the OpenAPI document. */
export interface DeclaredView {
  shape: ViewShape;
  /**
   * Properties that are present in every response: `withheld`, and the administrative ones that no allow rule limits
   * and that refer to no record which may be hidden.
   */
  always: string[];
}

/** Returns the view classes of routes. */
export const declaredViews = (): ViewClass[] => [...declared];

/** Returns the facts about a class, or null if it is not a view. */
export function describeView(type: object): DeclaredView | null {
  if (!picked.has(Object.getPrototypeOf(type) as object)) return null;
  const viewClass = type as ViewClass;
  const shape = shapeOf(viewClass);
  const limits = subjectOf(shape.record).allowRules.flatMap(({ actions, fields }) =>
    fields && actions.includes('read') ? [fields] : [],
  );
  const always = [...shape.properties]
    .filter(
      ([name, column]) =>
        column.category === 'administrative' &&
        !shape.references.has(name) &&
        limits.every((fields) => fields.includes(name)),
    )
    .map(([name]) => name);
  return { shape, always: [...new Set([...always, 'withheld'])] };
}
