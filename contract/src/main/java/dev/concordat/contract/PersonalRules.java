package dev.concordat.contract;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import dev.concordat.contract.v1.OptionsProto;

/// Personal data.
final class PersonalRules {
  private final Descriptor message;
  private final Findings out;

  private PersonalRules(Descriptor message, Findings out) {
    this.message = message;
    this.out = out;
  }

  static void check(Descriptor message, Findings out) {
    PersonalRules rules = new PersonalRules(message, out);
    for (FieldDescriptor field : message.getFields()) {
      rules.number(field);
      if (PersonalFields.isPersonal(field)) {
        rules.person(field);
        rules.absent(field);
      }
    }
  }

  private void number(FieldDescriptor field) {
    if (field.getNumber() == PersonalFields.SEALED) {
      out.add(
          Rule.SEALED_NUMBER_IS_FREE,
          Place.of(field),
          field.getFullName() + " has the number " + PersonalFields.SEALED,
          "take another number: personal data travels under this one");
    }
  }

  private void person(FieldDescriptor field) {
    String name = PersonalFields.personOf(field);
    FieldDescriptor person = message.findFieldByName(name);
    if (person == null) {
      refuse(field, "is personal data, and its message has no field \"" + name + "\"");
    } else if (!Fields.isKey(person) || person.getJavaType() == JavaType.BOOLEAN) {
      refuse(field, "is personal data of \"" + name + "\", which cannot name a person");
    } else if (PersonalFields.isPersonal(person)) {
      refuse(field, "is personal data of \"" + name + "\", which is personal itself");
    }
  }

  private void refuse(FieldDescriptor field, String problem) {
    out.add(
        Rule.PERSONAL_NAMES_PERSON,
        field,
        OptionsProto.PERSONAL_FIELD_NUMBER,
        problem,
        "write [(concordat.v1.personal) = \"<field>\"] with a single string or integer field that"
            + " holds an id, not a name");
  }

  private void absent(FieldDescriptor field) {
    String name = field.getName();
    var options = KnownOptions.of(message);
    var task = options.getExtension(OptionsProto.task);
    boolean key =
        options.getExtension(OptionsProto.event).getKey().equals(name)
            || task.getKey().equals(name)
            || task.getUniqueBy().equals(name);
    if (key || field.isRequired()) {
      out.add(
          Rule.PERSONAL_CAN_BE_ABSENT,
          field,
          OptionsProto.PERSONAL_FIELD_NUMBER,
          key ? "is personal data and a key of its message" : "is personal data and required",
          key
              ? "use an id as the key"
              : "make it optional: it is absent once the person is forgotten");
    }
  }
}
