/**
 * What a panel asks of those who attend: `attendance` of its rules. Where they say nothing, deputies may come and
 * confidentiality is declared at each meeting (JAG note, section 1.3; yearly declarations: section 1.2, Lichfield Hub).
 */
export interface AttendanceRule {
  deputiesAllowed: boolean;
  /** A declaration holds for a year, and not only for the meeting at which it was made. */
  declaredYearly: boolean;
}

export function attendanceRule(rules: Record<string, unknown> = {}): AttendanceRule {
  const { deputiesAllowed, confidentialityDeclaration } = Object(rules['attendance']) as Record<string, unknown>;
  return { deputiesAllowed: deputiesAllowed !== false, declaredYearly: confidentialityDeclaration === 'annual' };
}
