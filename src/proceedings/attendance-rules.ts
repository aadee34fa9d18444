/**
 * Attendance rules of a panel (`attendance`). Defaults: deputies are allowed, and confidentiality is declared at each
 * meeting (JAG note, section 1.3; yearly declarations: law and standards note, section 5.1).
 */
export interface AttendanceRule {
  deputiesAllowed: boolean;
  /** Whether a declaration is valid for a year. If false, it is valid only for the meeting at which it was made. */
  declaredYearly: boolean;
}

export function readAttendanceRule(rules: Record<string, unknown> = {}): AttendanceRule {
  const { deputiesAllowed, confidentialityDeclaration } = Object(rules['attendance']) as Record<string, unknown>;
  return { deputiesAllowed: deputiesAllowed !== false, declaredYearly: confidentialityDeclaration === 'annual' };
}
