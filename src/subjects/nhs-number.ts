import { registerDecorator } from 'class-validator';

/**
 * Returns whether a value is a valid NHS number: ten digits, of which the last is a check digit. The first nine digits
 * have weights 10 to 2; the check digit is 11 minus the weighted sum modulo 11, where 11 counts as 0 and 10 is invalid.
 * Source: law and standards note, section 7.2 "Person identifiers".
 */
export function isNhsNumber(value: string): boolean {
  if (!/^\d{10}$/.test(value)) return false;
  const digits = [...value].map(Number);
  const sum = digits.slice(0, 9).reduce((total, digit, index) => total + digit * (10 - index), 0);
  const check = (11 - (sum % 11)) % 11;
  return check !== 10 && check === digits[9];
}

export const IsNhsNumber = (): PropertyDecorator => (target, propertyName) => {
  registerDecorator({
    name: 'isNhsNumber',
    target: target.constructor,
    propertyName: String(propertyName),
    options: { message: 'must be an NHS number: ten digits with a valid check digit' },
    validator: { validate: (value) => typeof value === 'string' && isNhsNumber(value) },
  });
};
